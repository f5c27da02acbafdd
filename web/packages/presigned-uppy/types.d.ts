import type { Body, Meta, Uppy, UppyFile } from '@uppy/core'
import { BasePlugin } from '@uppy/core'
import type { Presign, UnfinishedUploads } from 'presigned-upload'

export interface PresignedOptions {
  presign: Presign
  /** Where uploads in parts are remembered: localStorage if left out, for whoever uses the browser. */
  unfinished?: UnfinishedUploads
}

/** Uploads Uppy's files through the presigning endpoint. The body of `upload-success` has the file's key in the bucket. */
export class PresignedUploads<M extends Meta, B extends Body> extends BasePlugin<PresignedOptions, M, B> {
  constructor(uppy: Uppy<M, B>, options: PresignedOptions)
}

declare module '@uppy/core' {
  interface UppyEventMap<M extends Meta, B extends Body> {
    /** S3 no longer had what was uploaded of the file, so it begins again. */
    'presigned:restart': (file: UppyFile<M, B>) => void
  }
}
