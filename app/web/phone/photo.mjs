// Photos: shrunk on the phone before they are kept, so that they go through a bad network.

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/** Width and height that fit, keeping the shape. */
export function fit(width, height, most = LONGEST_SIDE) {
  const scale = Math.min(1, most / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

/** A photo to keep: {id, blob} with a JPEG of at most 1600 px. What cannot be drawn is kept as it is. */
export async function shrink(file) {
  const id = crypto.randomUUID();
  try {
    const picture = await createImageBitmap(file);
    const [width, height] = fit(picture.width, picture.height);
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return { id, blob: blob ?? file };
  } catch {
    return { id, blob: file };
  }
}
