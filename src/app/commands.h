// The verbs of the command line, one function each. Each returns the exit status and has said on
// standard error what went wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/schema.h"

namespace strims::app {

// What every verb may be given; flags win over the environment, which wins over the file.
struct CommonOptions {
  std::string config_file;
  std::vector<std::string> listen;
  std::string data_dir;
};

// Defaults, file, environment, flags.
Result<config::Config> load_config(const CommonOptions& options);

int serve(const CommonOptions& options);

struct UserCreate {
  std::string name;
  std::string password;  // empty: read from standard input
  std::string role;      // empty: the first account is admin, others plain users
  std::vector<std::string> features;
};
int user_create(const CommonOptions& options, const UserCreate& request);
struct UserSet {
  std::string name;
  std::string role;
  std::vector<std::string> features;
  bool set_features = false;
};
int user_set(const CommonOptions& options, const UserSet& request);
int user_list(const CommonOptions& options);
int user_password(const CommonOptions& options, const std::string& name,
                  const std::string& password);

struct ChannelCreate {
  std::string name;
  std::string owner;  // his nick
  std::string title;
};
int channel_create(const CommonOptions& options, const ChannelCreate& request);
int channel_rotate_key(const CommonOptions& options, const std::string& name);
int channel_list(const CommonOptions& options);

int migrate_up(const CommonOptions& options);
int migrate_status(const CommonOptions& options);
int migrate_verify(const CommonOptions& options);

int token_login_key(const CommonOptions& options, const std::string& user, const std::string& name);
int token_rotate_key(const CommonOptions& options);
int token_rotate_playback_key(const CommonOptions& options, bool forget);

int config_default();
int config_check(const CommonOptions& options);
int config_docs();

// The load tool (bench/load), with what stands behind `bench`.
int bench(const std::vector<std::string>& arguments);

// Says the error on standard error and returns 1.
int complain(const Error& error);

}  // namespace strims::app
