// Accounts to be logged in with, made straight in the database of a server for measurements, with
// the repositories that the server uses itself.
#pragma once

#include "base/error.h"
#include "load/plan.h"

namespace strims::load {

// Fills in the cookies of senders and, with Plan::logged_in, of receivers, five to an account.
// Makes the accounts that are missing in DATA_DIR/strims.db and remembers their login keys in
// DATA_DIR/load-accounts. Nothing to do without a data folder. Senders' accounts have the bot
// feature, so that no throttle holds them. Never meant for a folder that people use: whoever can
// read it can log in as those accounts.
Result<void> plan_accounts(Plan& plan);

}  // namespace strims::load
