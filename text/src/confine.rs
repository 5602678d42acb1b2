//! Confines the process that reads foreign files: limits on memory, time, files, other processes and
//! privileges, and death with its parent. On Linux the kernel also refuses every other system call.

use std::collections::BTreeMap;

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

/// Address space, in bytes. An allocation beyond this limit aborts this process only.
const MEMORY: u64 = 1 << 30;

/// Processor time, in seconds. A worker is replaced long before, unless one file uses all of it.
const SECONDS: u64 = 180;

const FILES: u64 = 24;

/// Applies all resource limits. Programs started by this process inherit them.
pub fn apply_limits() -> rustix::io::Result<()> {
    fn hard_limit(most: u64) -> Rlimit {
        Rlimit { current: Some(most), maximum: Some(most) }
    }
    setrlimit(Resource::As, hard_limit(MEMORY))?;
    setrlimit(Resource::Cpu, hard_limit(SECONDS))?;
    setrlimit(Resource::Fsize, hard_limit(0))?;
    setrlimit(Resource::Core, hard_limit(0))?;
    setrlimit(Resource::Nofile, hard_limit(FILES))?;
    setrlimit(Resource::Nproc, hard_limit(0))?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)
}

/// Blocks every system call that reading does not need: opening files, starting programs, connecting. A
/// blocked call returns an error instead of killing the process, so that a library can continue. Returns
/// whether the kernel supports the filter; without it, only the resource limits apply.
pub fn seal_process() -> bool {
    build_filter().is_some_and(|program| seccompiler::apply_filter(&program).is_ok())
}

fn build_filter() -> Option<BpfProgram> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    // The process may abort itself, and may signal no other process.
    let own = u64::from(std::process::id());
    let is_own = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own).ok()?;
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![is_own]).ok()?]);
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch).ok()?.try_into().ok()
}

/// The system calls that reading needs: pipes, memory, clocks and exit.
const ALLOWED: [libc::c_long; 40] = [
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_membarrier,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_getrusage,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_ppoll,
    libc::SYS_exit,
    libc::SYS_exit_group,
];
