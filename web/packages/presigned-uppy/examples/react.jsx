// Uppy's Dashboard in a React component. Styles: '@uppy/core/css/style.min.css' and '@uppy/dashboard/css/style.min.css'.
import Dashboard from '@uppy/dashboard'
import { useEffect, useRef } from 'react'

import { createUppy } from './plain.js'

/** @param {{uploadUrl: string, accessToken: () => Promise<string>, onStored: (key: string) => void}} props */
export function Uploader({ uploadUrl, accessToken, onStored }) {
  const target = useRef(/** @type {HTMLDivElement | null} */ (null))
  const latest = useRef({ accessToken, onStored })
  useEffect(() => {
    latest.current = { accessToken, onStored }
  })
  useEffect(() => {
    if (!target.current) return
    const uppy = createUppy(uploadUrl, () => latest.current.accessToken())
    uppy.use(Dashboard, { target: target.current, inline: true })
    uppy.on('upload-success', (_, { body }) => latest.current.onStored(String(body?.key)))
    return () => uppy.destroy()
  }, [uploadUrl])
  return <div ref={target} />
}
