package apigateway

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// claimStrings turns claims into what a function sees of them: API Gateway sends every one as a string.
func claimStrings(claims map[string]any) map[string]string {
	out := make(map[string]string, len(claims))
	for name, value := range claims {
		out[name] = claimString(name, value)
	}
	return out
}

// claimString writes the registered times as Java writes a date ("Thu May 04 03:50:06 UTC 2023") and lists with
// commas, as events from AWS show; auth_time, a number like them, stays a number.
func claimString(name string, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if name == "exp" || name == "iat" || name == "nbf" {
			return time.Unix(int64(v), 0).UTC().Format("Mon Jan 02 15:04:05 UTC 2006")
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = claimString("", e)
		}
		return strings.Join(parts, ",")
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(data)
	}
}
