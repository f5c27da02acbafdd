/** One operation and its fields, as the endpoint's contract lists them. */
export type Request = Record<string, string | number>

export interface Answer {
  url: string
  method: string
  headers: Record<string, string>
  key?: string
  /** Bytes of each part but the last, with createMultipartUpload. */
  partSize?: number
  maxUploadBytes?: number
}

/**
 * Posts to the endpoint with the caller's access token. Resolves to an Answer, or to the results of a batch. Rejects a
 * refusal with an error that has the fields of the endpoint's problem document: `status`, `code`, `requestId`, `maxBatch`.
 */
export type Presign = (request: Request | { requests: Request[] }) => Promise<any>

/** What to upload. */
export interface Source {
  /** The same for the same file, also after a reload: the upload is found by it. */
  id: string
  data: Blob
  name?: string
  type?: string
  /** Tried where the stage does not take `type`. */
  otherType?: string
}

export interface UploadOptions {
  /** Stops; the next call with the same source continues. */
  signal: AbortSignal
  /** Bytes that S3 has, or that are on their way. */
  onProgress?: (bytes: number) => void
  /** S3 no longer had the upload, so it begins again. */
  onRestart?: () => void
}

export interface Uploads {
  /** What will be uploaded soon: signed for together. */
  announce(sources: Source[]): void
  /** Uploads a file, or continues with it. Rejects with an S3Error, or with what `presign` rejected with. */
  upload(source: Source, options: UploadOptions): Promise<{ key: string }>
  /** Drops what S3 has of a file that is not finished. */
  abort(id: string): Promise<void>
}

/** A refusal of S3, with its document as `body`; or no answer at all, with the code NETWORK. */
export interface S3Error extends Error {
  name: 'S3Error'
  /** 0 for no answer. */
  status: number
  body?: string
  code?: string
}

/** What is needed to continue with an upload. */
export interface Unfinished {
  key: string
  uploadId: string
  /** Bytes of every part but the last. */
  partBytes: number
  /** Milliseconds since 1970. */
  began: number
  /** completeMultipartUpload was sent, and no answer came yet. */
  completing?: boolean
}

export interface UnfinishedUploads {
  get(id: string): Unfinished | undefined
  set(id: string, one: Unfinished): void
  remove(id: string): void
  all(): Unfinished[]
  clear(): void
}

export function createUploads(presign: Presign, unfinished?: UnfinishedUploads): Uploads

/** A chosen file as a source: its path, size and time of change tell it from others. */
export function sourceOf(file: File): Source

/** The uploads in parts that have not ended, kept for a day in `storage`: localStorage, if there is one. */
export function unfinishedUploads(
  owner: () => string | undefined,
  storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & Record<string, any>,
): UnfinishedUploads

/** Files that one drop has on their way at the same time. */
export const FILES_AT_ONCE = 6

/** A filename as the endpoint takes it. */
export function sendableName(name: string): string

/** The filename at the end of a key, or undefined when the key has none. */
export function nameOfKey(key: string): string | undefined

/** What follows the last slash. */
export function lastSegment(key: string): string
