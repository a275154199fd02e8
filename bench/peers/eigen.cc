// Eigen's matrix product. Compiled for the CPU of the machine that builds it, as Eigen chooses its kernels at compile
// time.
#include <Eigen/Core>

#include "bench/peers/peers.h"

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Transposed = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;

#define TEXT(x) #x
#define VALUE_TEXT(x) TEXT(x)

static const char *open_library() {
  return "Eigen " VALUE_TEXT(EIGEN_WORLD_VERSION) "." VALUE_TEXT(EIGEN_MAJOR_VERSION) "." VALUE_TEXT(
      EIGEN_MINOR_VERSION)
#ifdef EIGEN_VECTORIZE_AVX512
      ", compiled for AVX-512";
#else
      ", compiled without AVX-512";
#endif
}

static void prepare(const struct peer_product *, size_t threads) {
  Eigen::setNbThreads(static_cast<int>(threads));
}

static bool serves(const struct peer_product *, size_t threads) {
#ifdef EIGEN_HAS_OPENMP
  return threads > 0;
#else
  return threads == 1;
#endif
}

template <class A, class B> static void product(const A &a, const B &b, float *c) {
  Eigen::Map<Matrix>(c, a.rows(), b.cols()).noalias() = a * b;
}

template <class A> static void multiply_by(const struct peer_product *p, const A &a, const float *b, float *c) {
  const Eigen::Index k = static_cast<Eigen::Index>(p->k), n = static_cast<Eigen::Index>(p->n);
  if (p->trans_b)
    product(a, Eigen::Map<const Transposed>(b, k, n), c);
  else
    product(a, Eigen::Map<const Matrix>(b, k, n), c);
}

static void multiply(const struct peer_product *p, const float *a, const float *b, float *c) {
  const Eigen::Index m = static_cast<Eigen::Index>(p->m), k = static_cast<Eigen::Index>(p->k);
  if (p->trans_a)
    multiply_by(p, Eigen::Map<const Transposed>(a, m, k), b, c);
  else
    multiply_by(p, Eigen::Map<const Matrix>(a, m, k), b, c);
}

const struct peer peer_eigen = {"eigen", open_library, serves, prepare, multiply};
