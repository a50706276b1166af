// The kernels of a network: convolution, sum, mean and maximum.
//
// Compiled to WebAssembly SIMD by build.sh. The caller (src/model/network.ts) decides where everything lies:
//
//     | stack | weights and biases | convolutions | planes, shared by all streams | kept rows of stream 1 | of stream 2 ...
//
// A plane is what one layer gives to the next: rows (frames) of columns (mels) of channels, in float32. Around it lie the
// rows and columns that the kernels of the next layers see beyond its edges: zeros, or above it the rows that a stream
// kept from its last step. The number of channels is a multiple of BLOCK; those beyond the layer's own are 0.
//
// Each number is summed in one fixed order, whatever else is computed in the same call, so the result depends neither on
// how a stream was cut into steps nor on the CPU.

enum {
  BLOCK = 8,      // channels that are computed together
  POSITIONS = 4,  // positions (a row and column of the output) that are computed together: with BLOCK they fill registers
};

typedef float f4 __attribute__((vector_size(16)));

// A convolution with its bias and, if rectified, a ReLU. Lengths and strides are in floats.
typedef struct {
  const float *input;  // the first float under the kernel at the output's first position
  int row_stride;      // what the kernel moves on for the output's next row, and for its next column
  int column_stride;
  int kernel_rows;
  int kernel_row_stride;  // from one row of the kernel to the next
  int kernel_row_length;  // columns x channels
  const f4 *weights;      // for each block of outputs, for each number under the kernel: BLOCK weights
  const f4 *bias;
  float *output;
  int output_row_stride;
  int columns;   // of the output
  int channels;  // of the output
  int is_rectified;
} convolution;

static inline f4 splat(float x) { return (f4){x, x, x, x}; }
static inline f4 maximum(f4 a, f4 b) { return __builtin_wasm_pmax_f32x4(a, b); }

// Computes `blocks` blocks of channels, from block `first_block` on, of `positions` positions. Both are constants where
// this is called: the sums stay in registers.
__attribute__((always_inline)) static inline void tile(const convolution *c, int first_position, int first_block,
                                                       const int positions, const int blocks) {
  const int block_length = c->kernel_rows * c->kernel_row_length * (BLOCK / 4);
  const float *row[POSITIONS];
  float *output[POSITIONS];
  f4 sum[POSITIONS][2 * POSITIONS];
  const f4 *weights[POSITIONS];
  for (int b = 0; b < blocks; b++) weights[b] = c->weights + (first_block + b) * block_length;
  for (int p = 0; p < positions; p++) {
    int y = (first_position + p) / c->columns, x = (first_position + p) % c->columns;
    row[p] = c->input + y * c->row_stride + x * c->column_stride;
    output[p] = c->output + y * c->output_row_stride + x * c->channels + first_block * BLOCK;
    for (int i = 0; i < 2 * blocks; i++) sum[p][i] = c->bias[2 * first_block + i];
  }
  for (int y = 0; y < c->kernel_rows; y++) {
    // Not unrolled: the compiler would load more ahead than there are registers. By pointers: an index would be added to
    // each of them in each turn.
#pragma clang loop unroll(disable)
    for (int i = 0; i < c->kernel_row_length; i++) {
      for (int b = 0; b < blocks; b++) {
        f4 low = *weights[b]++, high = *weights[b]++;
        for (int p = 0; p < positions; p++) {
          f4 x = splat(*row[p]);
          sum[p][2 * b] += x * low;
          sum[p][2 * b + 1] += x * high;
        }
      }
      for (int p = 0; p < positions; p++) row[p]++;
    }
    for (int p = 0; p < positions; p++) row[p] += c->kernel_row_stride - c->kernel_row_length;
  }
  const f4 least = splat(c->is_rectified ? 0 : -__builtin_inff());
  for (int p = 0; p < positions; p++)
    for (int i = 0; i < 2 * blocks; i++) ((f4 *)output[p])[i] = maximum(least, sum[p][i]);
}

// Block by block, so that the weights are read from memory once.
void convolve(const convolution *c, int rows) {
  const int blocks = c->channels / BLOCK;
  const int positions = rows * c->columns;
  int grouped = positions / POSITIONS * POSITIONS;
  for (int block = 0; block < blocks; block++)
    for (int position = 0; position < grouped; position += POSITIONS) tile(c, position, block, POSITIONS, 1);
  for (int position = grouped; position < positions; position++) {
    int block = 0;
    for (; block + 4 <= blocks; block += 4) tile(c, position, block, 1, 4);
    for (; block < blocks; block++) tile(c, position, block, 1, 1);
  }
}

// output = max(0, a + b), for rows of `length` floats.
void add_relu(const float *a, int a_row_stride, const float *b, int b_row_stride, float *output, int output_row_stride,
              int length, int rows) {
  for (int y = 0; y < rows; y++, a += a_row_stride, b += b_row_stride, output += output_row_stride)
    for (int i = 0; i < length; i += 4)
      *(f4 *)(output + i) = maximum(splat(0), *(const f4 *)(a + i) + *(const f4 *)(b + i));
}

// The mean over the columns of each row, and after it the maximum.
void mean_and_maximum(const float *input, int input_row_stride, int columns, int channels, float *output,
                      int output_row_stride, int rows) {
  for (int y = 0; y < rows; y++, input += input_row_stride, output += output_row_stride)
    for (int i = 0; i < channels; i += 4) {
      f4 sum = *(const f4 *)(input + i), most = sum;
      for (int x = 1; x < columns; x++) {
        f4 next = *(const f4 *)(input + x * channels + i);
        sum += next;
        most = maximum(most, next);
      }
      *(f4 *)(output + i) = sum / splat(columns);
      *(f4 *)(output + channels + i) = most;
    }
}

// The mean over all rows and columns.
void mean(const float *input, int input_row_stride, int columns, int channels, float *output, int rows) {
  for (int i = 0; i < channels; i += 4) {
    f4 sum = splat(0);
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < columns; x++) sum += *(const f4 *)(input + y * input_row_stride + x * channels + i);
    *(f4 *)(output + i) = sum / splat(rows * columns);
  }
}

// Copies rows of `length` floats, a multiple of 4.
void copy(const float *input, int input_row_stride, float *output, int output_row_stride, int length, int rows) {
  for (int y = 0; y < rows; y++, input += input_row_stride, output += output_row_stride)
    for (int i = 0; i < length; i += 4) *(f4 *)(output + i) = *(const f4 *)(input + i);
}
