/** Matrices of bytes as a product wants them: arranged here, once, they leave no copies behind in ONNX Runtime. */

/** How a constant matrix of signed bytes differs from the one that is given. */
export interface Arrangement {
  /** Signed b as unsigned b + 128. */
  readonly unsigned: boolean;
  /** [rows, columns] as [columns, rows]. */
  readonly turned: boolean;
}

/** Rows and columns turned together: a square of bytes that stays in the nearest cache. */
const TILE = 64;

/**
 * A matrix of signed bytes in another arrangement, as new bytes.
 *
 * @param shape [rows, columns] of `bytes`
 */
export function arrange(
  bytes: ArrayLike<number>,
  [rows = 0, columns = 0]: readonly number[],
  { unsigned, turned }: Arrangement,
): Uint8Array {
  // Signed b and unsigned b + 128 differ in their highest bit.
  const flip = unsigned ? 0x80 : 0;
  const out = new Uint8Array(bytes.length);
  if (!turned) {
    for (let i = 0; i < bytes.length; i++) out[i] = (bytes[i] as number) ^ flip;
    return out;
  }
  for (let top = 0; top < rows; top += TILE)
    for (let left = 0; left < columns; left += TILE)
      for (let r = top; r < Math.min(rows, top + TILE); r++)
        for (let c = left; c < Math.min(columns, left + TILE); c++)
          out[c * rows + r] = (bytes[r * columns + c] as number) ^ flip;
  return out;
}
