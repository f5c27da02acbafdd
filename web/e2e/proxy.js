import { once } from 'node:events'
import { createServer, request } from 'node:http'

/**
 * An HTTP proxy between Chromium and everything else. It counts what the page sends to S3, and flips a byte of it on demand.
 */
export async function startProxy() {
  let sent = 0
  /** @type {string[]} */
  const puts = []
  /** @type {Set<string>} */
  const flips = new Set()
  const server = createServer((from, to) => {
    const url = new URL(from.url)
    const part = url.searchParams.get('partNumber') ?? ''
    const isPut = from.method === 'PUT'
    if (isPut) puts.push(part)
    let flip = isPut && flips.delete(part)
    const onward = request(url, { method: from.method, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers)
      answer.pipe(to)
    })
    onward.on('error', () => to.destroy())
    to.on('close', () => onward.destroy())
    from.on('data', (/** @type {Buffer} */ bytes) => {
      if (isPut) sent += bytes.length
      if (flip) bytes[0] ^= 1
      flip = false
      if (!onward.write(bytes)) {
        from.pause()
        onward.once('drain', () => from.resume())
      }
    })
    from.on('end', () => onward.end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    /** For newContext(): Chromium goes around proxies for loopback, unless this is set. */
    settings: { server: `http://127.0.0.1:${server.address().port}`, bypass: '<-loopback>' },
    /** Bytes of all PUT bodies. */
    sent: () => sent,
    /** Part numbers of all PUTs, '' for one without. */
    puts: () => puts,
    /** Flips a byte of the next body of that part; '' is a file that goes up whole. @param {string} part */
    flip: (part) => flips.add(part),
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
