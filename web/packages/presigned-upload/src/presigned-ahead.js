/** Requests of one batch; a stage may take fewer, and says so. */
const MAX_BATCH = 100
/** What is signed ahead is sent within this time at the measured rate. URLs are good for 300 s. */
const WINDOW_SECONDS = 120
/** The rate in bytes per second that is assumed until one is measured. */
const FIRST_RATE = 1024 * 1024
/** A lower rate is taken for a pause, after which small files would be signed one by one. Bytes per second. */
const MIN_RATE = 64 * 1024
/** A URL that ends sooner is not used: a request may wait that long in the browser. */
const SPARE_MS = 30_000

/**
 * @typedef {import('../types.d.ts').Answer} Answer
 * @typedef {import('../types.d.ts').Request} Request
 * @typedef {{id: string, bytes: number, request: () => Promise<Request>}} Item what will be sent, and how to ask for it
 * @typedef {{answer: Promise<Answer>, bytes: number, until: number}} Signed until: by this machine's clock, in milliseconds
 */

/**
 * Signs ahead in batches. A lane is a series of S3 requests whose order is known: the files of a drop, or the parts of an
 * upload. Each URL is used once.
 *
 * @param {import('../types.d.ts').Presign} presign
 */
export function signedAhead(presign) {
  const sign = batches(presign)

  /** @param {number} atOnce items that may be on their way at the same time */
  return function newLane(atOnce) {
    /** @type {Map<string, Signed>} */
    const signed = new Map()
    let rate = FIRST_RATE
    let since = 0
    let sent = 0
    /** @type {number[]} */
    const onTheWay = [] // bytes of each item that may not have been sent yet

    /** The first of the upcoming, and what follows it within the window. @param {Iterable<Item>} upcoming */
    function window(upcoming) {
      if (sent > 0) rate = Math.max(MIN_RATE, sent / (Math.max(Date.now() - since, 1) / 1000))
      if (sent > 0 || since === 0) since = Date.now()
      sent = 0
      const items = []
      let bytes = 0
      for (const item of upcoming) {
        if (signed.has(item.id)) continue
        bytes += item.bytes
        if (items.length > 0 && (items.length >= sign.most() || bytes > rate * WINDOW_SECONDS)) break
        items.push(item)
      }
      return items
    }

    /** @param {Item[]} items */
    function signAll(items) {
      const results = sign.requests(items)
      items.forEach(({ id, bytes }, i) => {
        const one = { bytes, until: Infinity, answer: results.then((all) => all[i].answer()) }
        signed.set(id, one)
        results.then(
          (all) => (one.until = all[i].until),
          () => signed.get(id) === one && signed.delete(id), // nobody was refused: the whole batch failed
        )
        one.answer.catch(() => {}) // told to the one who takes it
      })
    }

    /** @param {string} id @param {Iterable<Item>} upcoming the item of that ID, and those after it */
    return async function take(id, upcoming) {
      const ready = signed.get(id)
      if (!ready || ready.until - Date.now() <= SPARE_MS) {
        if (ready) signed.clear() // signed together, so the others are too old as well
        signAll(window(upcoming))
      }
      const one = /** @type {Signed} */ (signed.get(id))
      signed.delete(id)
      onTheWay.push(one.bytes)
      if (onTheWay.length >= atOnce) sent += /** @type {number} */ (onTheWay.shift())
      return one.answer
    }
  }
}

/** @param {import('../types.d.ts').Presign} presign */
function batches(presign) {
  let most = MAX_BATCH

  /** @param {Request[]} requests @returns {Promise<any[]>} each an answer with its status, or a problem */
  async function post(requests) {
    if (requests.length === 1) return [{ status: 200, ...(await presign(requests[0])) }]
    if (requests.length > most) return [...(await post(requests.slice(0, most))), ...(await post(requests.slice(most)))]
    try {
      return (await presign({ requests })).results
    } catch (error) {
      const allowed = /** @type {any} */ (error)
      if (allowed.code !== 'BatchTooLarge' || !(allowed.maxBatch < requests.length)) throw error
      most = Math.max(1, allowed.maxBatch)
      return post(requests)
    }
  }

  return {
    most: () => most,

    /** @param {Item[]} items */
    async requests(items) {
      const built = []
      for (const { request } of items) built.push(await request().catch(refusal)) // one by one: a checksum holds its file
      const requests = built.flatMap((one) => (one instanceof Error ? [] : [one]))
      const from = Date.now()
      const results = requests.length > 0 ? await post(requests) : []
      return built.map((request) => {
        if (request instanceof Error) return { until: Infinity, answer: () => Promise.reject(request) }
        const result = results.shift()
        return { until: from + lifetimeMs(result.url), answer: () => outcome(result, request) }
      })
    },
  }

  /** @param {any} result @param {Request} request @returns {Promise<Answer>} */
  async function outcome(result, request) {
    if (result.status === 200) return result
    if (result.status === 429 || result.status >= 500) return presign(request) // passes: the app knows how to try again
    throw Object.assign(new Error(`${result.detail} (${result.code})`), {
      status: result.status, code: result.code, requestId: result.requestId,
    })
  }
}

/** @param {unknown} error */
const refusal = (error) => (error instanceof Error ? error : new Error(String(error)))

/**
 * As the URL says, so that this machine's clock may be wrong. A refusal holds until it is taken.
 *
 * @param {string | undefined} url
 */
const lifetimeMs = (url) => (url ? Number(new URL(url).searchParams.get('X-Amz-Expires')) * 1000 : Infinity)
