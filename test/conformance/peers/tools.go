//go:build tools

package peers

// What minio-go's functional tests import; they are copied from the module's own folder when they run.
import (
	_ "github.com/dustin/go-humanize"
	_ "github.com/google/uuid"
	_ "github.com/minio/minio-go/v7"
)
