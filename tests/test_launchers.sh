#!/usr/bin/env bash
# Sweeps shared out by real launchers: mpirun -n 4, and a Slurm that is brought up for the test on this machine. Merged, their
# results are those of one process, byte for byte, also after a kill in the middle.
# Usage: test_launchers.sh mpi|slurm PROGRAM DATA_FOLDER SWEEPS_FOLDER
# Skipped (77) where the launcher is not installed or does not start, unless MNIST_SIMD_REQUIRE_LAUNCHERS ("mpi slurm") names it.
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
launcher=$1
sweeps=$(realpath "$4")
daemons=()
evidence=(out)
clean_up() {
  local pid
  for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null; done
  wait
}
begin "$2" "$3"

skip() { # REASON
  echo "skipped: $1"
  case " ${MNIST_SIMD_REQUIRE_LAUNCHERS:-} " in *" $launcher "*) exit 1 ;; esac
  exit 77
}

merged_is() { # FOLDER WHOLE: merges, and compares with the results of one process
  "$program" sweep "$1" --merge >out 2>&1 && cmp "$1/results.jsonl" "$2/results.jsonl"
}

wait_for() { # SECONDS COMMAND...
  local tries=$(($1 * 20))
  shift
  for _ in $(seq $tries); do
    "$@" && return
    sleep 0.05
  done
  return 1
}

enough() { # RUNS FILE...
  [ "$(lines "${@:2}")" -ge "$1" ]
}

# ---- 600 training images, a quick sweep of 24 runs and a slow one ----

mkdir small
{
  head -c 4 "$data/train-images-idx3-ubyte"
  printf '\0\0\2\130'
  tail -c +9 "$data/train-images-idx3-ubyte" | head -c $((8 + 784 * 600))
} >small/train-images-idx3-ubyte
{
  head -c 4 "$data/train-labels-idx1-ubyte"
  printf '\0\0\2\130'
  tail -c +9 "$data/train-labels-idx1-ubyte" | head -c 600
} >small/train-labels-idx1-ubyte
export MNIST_SIMD_DATA=$work/small
cat >quick.txt <<'EOF'
preset unregularised
set hidden 30,20
set batch 64
set epochs 4
set val 200
seeds 1 2 3
mode grid
vary lr 1e-4 1e-3
vary dropout:1 0 0.1 0.2 0.5
EOF
sed 's/^set epochs 4/set epochs 10/; s/30,20/200,100/' quick.txt >slow.txt
"$program" sweep quick.txt --out quick --threads 1 >/dev/null
"$program" sweep slow.txt --out slow --threads 1 >/dev/null

# What is to be killed runs scalar kernels: slower, the same bits.

# ---- Open MPI ----

mpi() { # ARGUMENT...
  local root=()
  [ "$(id -u)" -ne 0 ] || root=(--allow-run-as-root)
  # shellcheck disable=SC2016 # expands in each process
  mpirun -n 4 "${root[@]}" --oversubscribe bash -c 'echo $$ >"pid-$OMPI_COMM_WORLD_RANK"; exec "$@"' - \
    "$program" sweep "$@" --threads 1
}

test_mpi() {
  command -v mpirun >/dev/null || skip "no mpirun: install openmpi-bin"
  mpi quick.txt --out mpi >out 2>&1
  check "mpirun -n 4" test $? -eq 0
  check "mpirun -n 4: each process has its part" test "$(lines mpi/results-[1-4]-of-4.jsonl)" -eq 24 -a \
    "$(lines mpi/results-3-of-4.jsonl)" -eq 6
  check "mpirun -n 4: says which, and from where" test "$(grep -cE '^shard +[1-4] of 4, by OMPI_COMM_WORLD_RANK: 6 of 24 runs' out)" -eq 4
  check "mpirun -n 4, merged: the results of one process" merged_is mpi quick

  mpi slow.txt --out killed --isa scalar >out 2>&1 &
  local job=$!
  wait_for 60 enough 1 killed/results-3-of-4.jsonl
  kill -KILL "$(cat pid-2)"
  wait $job
  check "a process killed: mpirun tells" test $? -ne 0
  local n
  n=$(lines killed/results-[1-4]-of-4.jsonl)
  check "a process killed: in the middle" test "$(lines killed/results-3-of-4.jsonl)" -ge 1 -a "$(lines killed/results-3-of-4.jsonl)" -lt 6
  mpi slow.txt --out killed >out 2>&1
  check "a process killed: gone on" test $? -eq 0
  check "a process killed: only what was missing is run" test "$(grep -c ', seed [1-3]: val' out)" -eq $((24 - n))
  check "a process killed: no run twice" no_doubles killed/results-[1-4]-of-4.jsonl
  check "a process killed, merged: the results of one process" merged_is killed slow
}

# ---- Slurm ----

start_slurm() {
  local host port=$((20000 + RANDOM % 10000)) user
  host=$(hostname -s)
  user=$(id -un)
  mkdir -p slurm/state slurm/spool
  chmod 755 . slurm
  head -c 1024 /dev/urandom >slurm/munge.key
  chmod 400 slurm/munge.key
  cat >slurm/slurm.conf <<EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$work/slurm/munge.sock
CredType=cred/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MinJobAge=300
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 RealMemory=8000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
  export SLURM_CONF=$work/slurm/slurm.conf
  munged --force --foreground --key-file="$work/slurm/munge.key" --socket="$work/slurm/munge.sock" \
    --pid-file="$work/slurm/munged.pid" --seed-file="$work/slurm/munge.seed" --log-file="$work/slurm/munge.log" >munged.out 2>&1 &
  daemons+=($!)
  wait_for 10 test -S slurm/munge.sock || return
  slurmctld -D >slurmctld.out 2>&1 &
  daemons+=($!)
  slurmd -D >slurmd.out 2>&1 &
  daemons+=($!)
  wait_for 30 is_idle
}

is_idle() {
  [ "$(sinfo -h -o %t 2>/dev/null)" = idle ]
}

test_slurm() {
  local tool
  for tool in munged slurmctld slurmd sbatch srun; do
    PATH=$PATH:/usr/sbin command -v $tool >/dev/null || skip "no $tool: install slurm-wlm and munge"
  done
  export PATH=$PATH:/usr/sbin
  start_slurm || {
    tail -n 3 munged.out slurmctld.out slurmd.out
    skip "Slurm does not start on this machine"
  }

  # The script that ships, which finds the program in PATH.
  mkdir bin
  ln -s "$program" bin/mnist_simd
  PATH=$work/bin:$PATH sbatch -W --array=1-4 -o array-%a.out "$sweeps/slurm.sh" quick.txt >out 2>&1
  check "sbatch --array=1-4 sweeps/slurm.sh" test $? -eq 0
  check "an array: each task has its part" test "$(lines runs/quick/results-[1-4]-of-4.jsonl)" -eq 24 -a \
    "$(lines runs/quick/results-2-of-4.jsonl)" -eq 6
  check "an array: says which, and from where" grep -qE '^shard +3 of 4, by SLURM_ARRAY_TASK_ID: 6 of 24 runs' array-3.out
  check "an array, merged: the results of one process" merged_is runs/quick quick

  srun -n 3 "$program" sweep quick.txt --out srun --threads 1 >out 2>&1
  check "srun -n 3" test $? -eq 0
  check "srun -n 3: each task has its part" test "$(lines srun/results-[1-3]-of-3.jsonl)" -eq 24
  check "srun -n 3: says which, and from where" grep -qE '^shard +3 of 3, by SLURM_PROCID: 8 of 24 runs' out
  check "srun -n 3, merged: the results of one process" merged_is srun quick

  # Two tasks of an array, each with three steps' tasks.
  sbatch -W --array=10-20:10 -n 3 -o both-%a.out --wrap "srun $program sweep quick.txt --out both --threads 1" >out 2>&1
  check "srun in an array: six parts" test "$(lines both/results-[1-6]-of-6.jsonl)" -eq 24 -a "$(lines both/results-5-of-6.jsonl)" -eq 4
  check "srun in an array: says which, and from where" grep -qE \
    '^shard +6 of 6, by SLURM_ARRAY_TASK_ID and SLURM_PROCID: 4 of 24 runs' both-20.out
  check "srun in an array, merged: the results of one process" merged_is both quick

  # Without srun one process runs, however many tasks the job may have: it does all.
  sbatch -W -n 2 -o alone.out --wrap "$program sweep quick.txt --out alone --threads 1" >out 2>&1
  check "a batch job of two tasks without srun: all runs" cmp quick/results.jsonl alone/results.jsonl
  srun --mpi=pmi2 -n 2 "$program" sweep quick.txt --out pmi --threads 1 >out 2>&1
  check "srun --mpi=pmi2" grep -qE '^shard +2 of 2, by PMI_RANK: 12 of 24 runs' out
  if command -v mpirun >/dev/null; then
    sbatch -W -n 4 -o mpirun.out --wrap \
      "mpirun -n 4 $([ "$(id -u)" -ne 0 ] || echo --allow-run-as-root) $program sweep quick.txt --out mpirun --threads 1" >out 2>&1
    check "mpirun in a batch job" grep -qE '^shard +4 of 4, by OMPI_COMM_WORLD_RANK: 6 of 24 runs' mpirun.out
    check "mpirun in a batch job, merged: the results of one process" merged_is mpirun quick
  fi

  # A task killed in the middle, the same array again.
  local job n
  job=$(sbatch --parsable --array=1-2 -o killed-%a.out --wrap "exec $program sweep slow.txt --out killed --threads 1 --isa scalar")
  wait_for 60 enough 2 killed/results-1-of-2.jsonl
  scancel --batch --signal=KILL "$job"
  wait_for 30 is_idle
  n=$(lines killed/results-[12]-of-2.jsonl)
  check "an array killed: in the middle" test "$(lines killed/results-1-of-2.jsonl)" -ge 2 -a "$(lines killed/results-1-of-2.jsonl)" -lt 12
  sbatch -W --array=1-2 -o again-%a.out --wrap "exec $program sweep slow.txt --out killed --threads 1" >out 2>&1
  check "an array killed: gone on" test $? -eq 0
  check "an array killed: only what was missing is run" test "$(cat again-*.out | grep -c ', seed [1-3]: val')" -eq $((24 - n))
  check "an array killed, merged: the results of one process" merged_is killed slow
}

"test_$launcher"
finish
