// The library from C++: a network of given weights (here: exclusive or of two bits), saved, loaded and asked.
// Usage: network MODEL_FILE
#include <cstdio>
#include <memory>
#include <mnist_simd.h>
#include <stdexcept>
#include <vector>

namespace {

void require(ms_status status) {
  if (status != MS_OK)
    throw std::runtime_error(ms_error_message());
}

struct Library {
  Library() {
    require(ms_init(nullptr, 1));
  }
  ~Library() {
    ms_shutdown();
  }
  Library(const Library &) = delete;
  Library &operator=(const Library &) = delete;
};

struct FreeNetwork {
  void operator()(ms_network *network) const {
    ms_network_free(network);
  }
};
using Network = std::unique_ptr<ms_network, FreeNetwork>;

Network load(const char *path) {
  ms_network *network = nullptr;
  require(ms_network_load(path, &network));
  return Network(network);
}

void save_exclusive_or(const char *path) {
  const std::vector<float> sums{1, 1, 1, 1}, carries{0, -1}; // hidden: x + y, and max(x + y - 1, 0)
  const std::vector<float> weight{0, 1, 0, -2}, bias{0.5f, 0};
  const ms_layer_view layers[] = {{2, 2, sums.data(), carries.data()}, {2, 2, weight.data(), bias.data()}};
  ms_network *network = nullptr;
  require(ms_network_from_layers(2, layers, &network));
  const Network owner(network);
  require(ms_network_save(network, path));
}

} // namespace

int main(int argc, char **argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "Usage: network MODEL_FILE\n");
    return 2;
  }
  const Library library;
  save_exclusive_or(argv[1]);
  const Network network = load(argv[1]);
  const std::vector<float> inputs{0, 0, 0, 1, 1, 0, 1, 1}; // (4, 2)
  std::vector<float> logits(4 * 2);
  require(ms_predict_floats(network.get(), 4, inputs.data(), MS_LOGITS, logits.data()));
  for (std::size_t i = 0; i < 4; ++i)
    std::printf("%g xor %g = %d\n", static_cast<double>(inputs[2 * i]), static_cast<double>(inputs[2 * i + 1]),
                logits[2 * i + 1] > logits[2 * i]);
  return 0;
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
