package objectstore

import (
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"
)

// logRequests writes a line for each request. Never the query: a presigned URL is a credential.
func logRequests(cfg Config) fiber.Handler {
	return func(ctx fiber.Ctx) error {
		start := cfg.Now()
		path := strings.Clone(ctx.Path()) // the gateway decodes it in place
		err := ctx.Next()
		_, _ = fmt.Fprintf(cfg.Log, "%s %s %d %v\n", ctx.Method(), path, ctx.Response().StatusCode(),
			cfg.Now().Sub(start).Round(10*time.Microsecond))
		return err
	}
}
