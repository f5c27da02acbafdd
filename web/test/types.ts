// Checked by `npm run check`, and never run: the types that the packages declare are those of their code.
import Uppy from '@uppy/core'
import * as upload from 'presigned-upload'
import { PresignedUploads } from 'presigned-uppy'

import * as uploadCode from '../packages/presigned-upload/src/index.js'
import { PresignedUploads as PluginCode } from '../packages/presigned-uppy/src/presigned-uppy.js'

export const code: typeof upload = uploadCode
export const declared: typeof uploadCode = upload // nothing is left out
export const options: ConstructorParameters<typeof PluginCode>[1] = {} as ConstructorParameters<typeof PresignedUploads>[1]

const presign: upload.Presign = async () => ({})
const uppy = new Uppy().use(PresignedUploads, { presign })
uppy.on('presigned:restart', (file) => console.log(file.name))
// @ts-expect-error: the endpoint is needed
uppy.use(PresignedUploads, {})

const uploads = upload.createUploads(presign, upload.unfinishedUploads(() => 'johndoe'))
const { key } = await uploads.upload(upload.sourceOf(new File([], '')), { signal: AbortSignal.timeout(1) })
key.toUpperCase()
// @ts-expect-error: an upload can always be stopped
uploads.upload(upload.sourceOf(new File([], '')), {})
