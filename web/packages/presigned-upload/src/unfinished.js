/** S3 drops the parts of an unfinished upload after a day: the stage's lifecycle rule. In milliseconds. */
const MAX_AGE_MS = 24 * 3600 * 1000

/** @typedef {import('../types.d.ts').Unfinished} Unfinished */

/**
 * The uploads in parts that have not ended, by file. localStorage survives a reload, a crash and a closed tab. Uppy's Golden
 * Retriever is not used: it copies the files themselves into IndexedDB, where they would stay on a shared computer.
 *
 * @param {() => string | undefined} owner whose uploads these are
 * @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & Record<string, any>} [storage]
 */
export function unfinishedUploads(owner, storage = globalThis.localStorage ?? new Memory()) {
  const prefix = () => `presigned-upload ${owner() ?? ''} `

  /** @param {string} name @returns {Unfinished | undefined} */
  function read(name) {
    try {
      const one = JSON.parse(storage.getItem(name) ?? 'null')
      if (one && Date.now() - one.began < MAX_AGE_MS) return one
    } catch {
      // not a value of this module: nothing can be continued
    }
    storage.removeItem(name)
  }
  const names = () => Object.keys(storage).filter((name) => name.startsWith(prefix()))

  return {
    /** @param {string} id */
    get: (id) => read(prefix() + id),
    /** Without room nothing is remembered, and the upload works all the same. @param {string} id @param {Unfinished} one */
    set(id, one) {
      try {
        storage.setItem(prefix() + id, JSON.stringify(one))
      } catch (error) {
        console.warn('this upload cannot be resumed after a reload:', error)
      }
    },
    /** @param {string} id */
    remove: (id) => storage.removeItem(prefix() + id),
    all: () => names().flatMap((name) => read(name) ?? []),
    clear: () => names().forEach((name) => storage.removeItem(name)),
  }
}

/** For a place without localStorage, such as Node. */
class Memory {
  /** @param {string} name @returns {string | null} */
  getItem(name) {
    return /** @type {any} */ (this)[name] ?? null
  }
  /** @param {string} name @param {string} value */
  setItem(name, value) {
    Object.assign(this, { [name]: value })
  }
  /** @param {string} name */
  removeItem(name) {
    delete (/** @type {any} */ (this)[name])
  }
}
