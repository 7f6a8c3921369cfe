#include "app/office.h"

#include "app/database.h"

namespace strims::app {

Result<Office> open_office(const CommonOptions& options) {
  Office office;
  STRIMS_TRY(office.config, load_config(options));
  STRIMS_TRY(office.database, open_current_database(office.config));
  STRIMS_TRY(office.connection, office.database->connect());
  return office;
}

}  // namespace strims::app
