/** Smallest part but the last that S3 takes, in bytes. */
const MIN_PART_BYTES = 5 * 1024 * 1024
/** Parts of one upload that S3 takes. */
const MAX_PARTS = 10_000

/**
 * What the stage takes in parts. It says so when an upload in parts is signed for; until then any file that is large enough
 * for two parts may be one.
 */
export function learnedStage() {
  /** @type {{partSize?: number, maxUploadBytes?: number}} */
  let said = {}
  let inParts = true

  /** @param {number} size */
  const partBytes = (size) => {
    const bytes = Math.max(said.partSize ?? 0, MIN_PART_BYTES)
    return Math.ceil(size / bytes) > MAX_PARTS ? Math.ceil(size / MAX_PARTS) : bytes
  }
  return {
    partBytes,
    /**
     * A file over the bound goes to the endpoint as a single PUT, which it refuses at once and in its own words.
     *
     * @param {number} size
     */
    takesInParts: (size) => inParts && size > partBytes(size) && size <= (said.maxUploadBytes ?? Infinity),
    /** @param {import('../types.d.ts').Answer} answer to createMultipartUpload */
    learn(answer) {
      said = answer
    },
    onlyWhole() {
      inParts = false
    },
  }
}
