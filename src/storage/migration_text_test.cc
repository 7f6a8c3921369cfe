#include "storage/migration_text.h"

#include <gtest/gtest.h>

namespace strims::storage {
namespace {

constexpr std::string_view kText =
    "CREATE TABLE t (id INTEGER, w REAL) STRICT;\n"
    "-- only sqlite\n"
    "SELECT 'sqlite INTEGER';\n"
    "-- end only\n"
    "-- only postgres\n"
    "SELECT 'INTEGER';\n"
    "-- end only\n"
    "SELECT INTEGERS;";

TEST(MigrationText, SqliteGetsItsOwnBlocks) {
  EXPECT_EQ(migration_text(kText, "sqlite"),
            "CREATE TABLE t (id INTEGER, w REAL) STRICT;\nSELECT 'sqlite INTEGER';\n"
            "SELECT INTEGERS;\n");
}

TEST(MigrationText, OthersGetTheirWords) {
  EXPECT_EQ(migration_text(kText, "postgres"),
            "CREATE TABLE t (id BIGINT, w DOUBLE PRECISION) ;\nSELECT 'INTEGER';\n"
            "SELECT INTEGERS;\n");
}

TEST(MigrationText, ChecksumIsFnv1a) {
  EXPECT_EQ(migration_checksum(""), "cbf29ce484222325");
  EXPECT_EQ(migration_checksum("a"), "af63dc4c8601ec8c");
  EXPECT_NE(migration_checksum("SELECT 1"), migration_checksum("SELECT 2"));
}

}  // namespace
}  // namespace strims::storage
