#include "child/sandbox.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

namespace strims::child {
namespace {

bool set_limit(decltype(RLIMIT_AS) what, uint64_t value) noexcept {
  const rlimit limit{value, value};
  return ::setrlimit(what, &limit) == 0;
}

bool set_limits(const SandboxLimits& limits) noexcept {
  return set_limit(RLIMIT_AS, limits.memory_bytes) && set_limit(RLIMIT_CPU, limits.cpu_seconds) &&
         set_limit(RLIMIT_NOFILE, limits.open_files) &&
         set_limit(RLIMIT_FSIZE, limits.file_bytes) && set_limit(RLIMIT_CORE, 0) &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
}

// Where programs and their libraries lie.
constexpr std::array kReadable = {
    "/usr",      "/lib",        "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives",
    "/dev/null", "/dev/urandom"};

// Landlock's first version knows these.
constexpr uint64_t kFileRights =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM;

bool lock_files() noexcept {
  landlock_ruleset_attr ruleset{};
  ruleset.handled_access_fs = kFileRights;
  const auto fd =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0u));
  if (fd < 0) return false;
  for (const char* path : kReadable) {
    const int at = ::open(path, O_PATH | O_CLOEXEC);
    if (at < 0) continue;  // not on every system
    landlock_path_beneath_attr rule{};
    rule.parent_fd = at;
    rule.allowed_access =
        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    // A file takes only the rights that files have.
    if (::syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0u) != 0) {
      rule.allowed_access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
      ::syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0u);
    }
    ::close(at);
  }
  const bool locked = ::syscall(SYS_landlock_restrict_self, fd, 0u) == 0;
  ::close(fd);
  return locked;
}

#if defined(__x86_64__)
constexpr uint32_t kArch = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArch = AUDIT_ARCH_AARCH64;
#else
constexpr uint32_t kArch = 0;
#endif

// What no decoder of a picture has any business with. They get EPERM.
constexpr std::array kDenied = {
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_kill,
    SYS_tkill,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_linkat,
    SYS_symlinkat,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_setuid,
    SYS_setgid,
    SYS_setns,
    SYS_unshare,
    SYS_bpf,
    SYS_keyctl,
    SYS_add_key,
    SYS_perf_event_open,
    SYS_init_module,
    SYS_finit_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
#if defined(__x86_64__)
    SYS_fork,
    SYS_vfork,
    SYS_unlink,
    SYS_rename,
    SYS_renameat,
    SYS_link,
    SYS_symlink,
    SYS_mkdir,
    SYS_rmdir,
    SYS_mknod,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
#endif
};

constexpr sock_filter load(size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset));
}
constexpr sock_filter give(uint32_t verdict) {
  return BPF_STMT(BPF_RET | BPF_K, verdict);
}
constexpr sock_filter if_equal(uint32_t value, uint8_t yes, uint8_t no) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no);
}

constexpr uint32_t kRefuse = SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA);

constexpr auto make_filter() {
  std::array<sock_filter, kDenied.size() * 2 + 12> filter{};
  size_t n = 0;
  filter[n++] = load(offsetof(seccomp_data, arch));
  filter[n++] = if_equal(kArch, 1, 0);
  filter[n++] = give(SECCOMP_RET_KILL_PROCESS);
  filter[n++] = load(offsetof(seccomp_data, nr));
  for (const long call : kDenied) {
    filter[n++] = if_equal(static_cast<uint32_t>(call), 0, 1);
    filter[n++] = give(kRefuse);
  }
  // clone3 hides its flags in memory: without it the C library uses clone.
  filter[n++] = if_equal(SYS_clone3, 0, 1);
  filter[n++] = give(SECCOMP_RET_ERRNO | (ENOSYS & SECCOMP_RET_DATA));
  // clone makes threads and nothing else.
  filter[n++] = if_equal(SYS_clone, 0, 3);
  filter[n++] = load(offsetof(seccomp_data, args));  // the low half of the flags
  filter[n++] = BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0);
  filter[n++] = give(kRefuse);
  filter[n++] = give(SECCOMP_RET_ALLOW);
  return std::pair(filter, n);
}

bool filter_calls() noexcept {
  static constexpr auto kFilter = make_filter();
  const sock_fprog program{static_cast<unsigned short>(kFilter.second),
                           const_cast<sock_filter*>(kFilter.first.data())};
  return kArch != 0 && ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace

SandboxStep enter_sandbox(const SandboxLimits& limits) noexcept {
  if (!set_limits(limits)) return SandboxStep::limits;
  if (!lock_files()) return SandboxStep::landlock;
  if (!filter_calls()) return SandboxStep::seccomp;
  return SandboxStep::done;
}

}  // namespace strims::child
