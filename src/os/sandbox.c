#include "os/private.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||                                   \
        __has_feature(undefined_behavior_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What computing in memory takes. */
static const int allowed[] = {
	__NR_brk,
	__NR_munmap,
	__NR_mremap,
	__NR_madvise,
	__NR_futex,
	__NR_clock_gettime,
	__NR_gettimeofday,
	__NR_getrandom,
	__NR_getpid,
	__NR_gettid,
	__NR_sysinfo, /* glibc's qsort asks how much memory there is */
	__NR_sched_yield,
	__NR_restart_syscall,
	__NR_rt_sigreturn,
	__NR_rt_sigprocmask,
	__NR_rt_sigaction,
	__NR_sigaltstack,
	__NR_exit,
	__NR_exit_group,
};

/* What libraries try in passing and do without: locale tables, configuration, whether this is a terminal. */
static const int denied[] = {
	__NR_openat,
	__NR_newfstatat,
	__NR_fstat,
	__NR_faccessat,
	__NR_readlinkat,
	__NR_ioctl,
	__NR_read,
	__NR_lseek,
	__NR_close,
	__NR_fcntl,
	__NR_uname,
	__NR_prctl,
	__NR_sched_getaffinity,
	__NR_getrusage,
	__NR_prlimit64,
#ifdef __NR_open
	__NR_open,
	__NR_stat,
	__NR_lstat,
	__NR_access,
	__NR_readlink,
	__NR_time,
#endif
};

struct program {
	struct sock_filter at[160];
	unsigned short len;
};

static void add(struct program *p, uint16_t code, uint8_t when, uint8_t unless, uint32_t k)
{
	p->at[p->len++] = (struct sock_filter){ code, when, unless, k };
}

static void load(struct program *p, size_t off)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)off);
}

static void answer(struct program *p, uint32_t with)
{
	add(p, BPF_RET | BPF_K, 0, 0, with);
}

/* Answers system call `number` with `with`. The number is in the accumulator. */
static void rule(struct program *p, int number, uint32_t with)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)number);
	answer(p, with);
}

/*
 * Allows system call `number` where the low half of its argument, anded with
 * `mask`, is `value`; answers `with` elsewhere. All arguments tested are ints.
 */
static void rule_argument(
        struct program *p, int number, unsigned argument, uint32_t mask, uint32_t value, uint32_t with)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, (uint32_t)number);
	load(p, offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
	add(p, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
	answer(p, SECCOMP_RET_ALLOW);
	answer(p, with);
}

#ifdef MACHINE
/* A call by another machine's numbers ends the process; the number is left loaded. */
static void begin(struct program *p)
{
	load(p, offsetof(struct seccomp_data, arch));
	add(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, MACHINE);
	answer(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	/* The x32 calls share this machine's name and have numbers of their own. */
	add(p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000);
	answer(p, SECCOMP_RET_KILL_PROCESS);
#endif
}
#endif

static bool filter_install(int out, bool both)
{
	(void)out; /* unused where the filter is none, or lax */
	(void)both;
#ifdef MACHINE
	/* A sanitizer reads its own maps to write its report; it gets to go on without. */
	const uint32_t refuse = SANITIZED ? SECCOMP_RET_ERRNO | EACCES : SECCOMP_RET_KILL_PROCESS;
	struct program p = { .len = 0 };
	struct sock_fprog fprog = { .filter = p.at };

	begin(&p);
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		rule(&p, allowed[i], SECCOMP_RET_ALLOW);
	if (both)
		rule_argument(&p, __NR_read, 0, UINT32_MAX, (uint32_t)out, SECCOMP_RET_ERRNO | EACCES);
	for (size_t i = 0; i < sizeof denied / sizeof *denied; i++)
		rule(&p, denied[i], SECCOMP_RET_ERRNO | EACCES);
#if SANITIZED
	rule(&p, __NR_mmap, SECCOMP_RET_ALLOW);
	rule(&p, __NR_mprotect, SECCOMP_RET_ALLOW);
	rule(&p, __NR_write, SECCOMP_RET_ALLOW);
#else
	rule_argument(&p, __NR_write, 0, UINT32_MAX, (uint32_t)out, SECCOMP_RET_ERRNO | EBADF);
	/*
	 * Files are not mapped any more, and no memory becomes executable: one
	 * test each, in a row, since both must hold.
	 */
	add(&p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, __NR_mmap);
	load(&p, offsetof(struct seccomp_data, args) + 3 * sizeof(uint64_t));
	add(&p, BPF_JMP | BPF_JSET | BPF_K, 1, 0, MAP_ANONYMOUS);
	answer(&p, SECCOMP_RET_KILL_PROCESS);
	load(&p, offsetof(struct seccomp_data, nr));
	rule_argument(&p, __NR_mmap, 2, PROT_EXEC, 0, SECCOMP_RET_KILL_PROCESS);
	rule_argument(&p, __NR_mprotect, 2, PROT_EXEC, 0, SECCOMP_RET_KILL_PROCESS);
#endif
	/* abort() signals its own process; others are out of reach. */
	rule_argument(&p, __NR_tgkill, 0, UINT32_MAX, (uint32_t)getpid(), SECCOMP_RET_KILL_PROCESS);
	answer(&p, refuse);
	fprog.len = p.len;
	return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog) == 0;
#else
	return false;
#endif
}

#define WRITES                                                                                               \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |    \
	        LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |   \
	        LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                                \
	        LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

/*
 * A second wall: a ruleset that grants no access to any path but, to read, the
 * `readable` ones (ended by NULL). Kernels without Landlock, or with it switched
 * off, leave the filter to stand alone.
 */
static void landlock_enter(const char *const *readable)
{
	struct landlock_ruleset_attr all = { .handled_access_fs =
		                                     LANDLOCK_ACCESS_FS_EXECUTE | READS | WRITES };
	long ruleset = syscall(__NR_landlock_create_ruleset, &all, sizeof all, 0);

	if (ruleset < 0)
		return;
	for (; *readable; readable++) {
		struct landlock_path_beneath_attr path = { .allowed_access = READS,
			.parent_fd = open(*readable, O_PATH | O_CLOEXEC) };

		if (path.parent_fd < 0)
			continue;
		(void)!syscall(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &path, 0);
		close(path.parent_fd);
	}
	(void)!syscall(__NR_landlock_restrict_self, ruleset, 0);
	close((int)ruleset);
}

void inq_sandbox_net(void)
{
	static const char *const readable[] = { "/etc", "/usr", "/lib", "/lib64", "/run/systemd/resolve",
		"/dev/urandom", NULL };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return;
	landlock_enter(readable);
#ifdef MACHINE
	static const int never[] = { __NR_execve, __NR_execveat, __NR_ptrace, __NR_process_vm_readv,
		__NR_process_vm_writev, __NR_kill, __NR_tkill, __NR_setns, __NR_unshare, __NR_mount, __NR_bpf,
		__NR_keyctl, __NR_add_key, __NR_request_key };
	struct program p = { .len = 0 };
	struct sock_fprog fprog = { .filter = p.at };

	begin(&p);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		rule(&p, never[i], SECCOMP_RET_ERRNO | EPERM);
	answer(&p, SECCOMP_RET_ALLOW);
	fprog.len = p.len;
	(void)!syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog);
#endif
}

bool inq_sandbox_enter(int out, bool both)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	landlock_enter((const char *const[]){ NULL });
	return filter_install(out, both);
}
