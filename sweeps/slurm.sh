#!/usr/bin/env bash
# A sweep on a Slurm cluster: sixteen array tasks share its runs, each finding its part from the variables that Slurm sets.
#   PATH=$PWD/build:$PATH sbatch sweeps/slurm.sh sweeps/section3.txt
# When all tasks have ended:
#   build/mnist_simd sweep sweeps/section3.txt --merge
# A task that was killed: submit the same array again; what is done is skipped.
#
# With MPI, on the machines of a host file or within an allocation, nothing but the launcher changes:
#   mpirun -n 16 --bind-to core mnist_simd sweep sweeps/section3.txt --threads 1
# Without either, on one machine with two cores (small networks run faster side by side than on two threads):
#   for k in 1 2; do mnist_simd sweep sweeps/section3.txt --shard $k/2 --threads 1 & done; wait
#
#SBATCH --job-name=mnist-sweep
#SBATCH --array=1-16
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail
exec mnist_simd sweep "${1:?name a sweep file}" --threads "$SLURM_CPUS_PER_TASK"
