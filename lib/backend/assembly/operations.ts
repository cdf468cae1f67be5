/*
 * Numbers of the operations, one list for both sides: this file is compiled into the kernels and imported by TypeScript.
 */

/** float32 to float32; ELU, LEAKY_RELU … take up to two parameters. */
export enum Unary {
  NEGATE,
  ABS,
  SQUARE,
  SQRT,
  RECIPROCAL_SQRT,
  RECIPROCAL,
  EXP,
  LOG,
  LOG1P,
  TANH,
  SIGMOID,
  SOFTPLUS,
  ERF,
  RELU,
  RELU6,
  LEAKY_RELU,
  ELU,
  SELU,
  STEP,
  CLIP,
  SIGN,
  FLOOR,
  CEIL,
  ROUND,
  GELU,
  GELU_TANH,
}

/** float32 and float32 to float32. */
export enum Binary {
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE,
  MAXIMUM,
  MINIMUM,
  SQUARED_DIFFERENCE,
  PRELU,
  ELU_GRADIENT,
  GELU_GRADIENT,
  GELU_TANH_GRADIENT,
}

/** int32 and int32 to int32. */
export enum BinaryInt {
  ADD,
  SUBTRACT,
  MULTIPLY,
  MAXIMUM,
  MINIMUM,
}

/** Two numbers of one type to bool; the logical ones two bools to bool. */
export enum Compare {
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_EQUAL,
  GREATER,
  GREATER_EQUAL,
  AND,
  OR,
  XOR,
}

export enum Convert {
  FLOAT_TO_INT,
  INT_TO_FLOAT,
  BOOL_TO_FLOAT,
  BOOL_TO_INT,
  FLOAT_TO_BOOL,
  INT_TO_BOOL,
}

export enum Reduce {
  SUM,
  MEAN,
  PRODUCT,
  MAX,
  MIN,
}
