package presigner

import (
	"maps"
	"mime"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"example.com/presigned/lambda/operation"
)

const defaultContentType = "application/json"

// fieldRule checks a field's value. Nothing else enforces the bounds of a schema.
type fieldRule struct {
	operation.FieldSchema
	pattern func() *regexp.Regexp // nil for none; compiled when it is first needed, for a faster cold start
}

var fieldRules = newFieldRules()

func newFieldRules() map[operation.Field]fieldRule {
	text := operation.FieldSchema{Type: "string"}
	// Without a code, because chooseOperation and checkUsername refuse every bad value of these two.
	rules := map[operation.Field]fieldRule{fieldOperation: {FieldSchema: text}, fieldUsername: {FieldSchema: text}}
	for field, schema := range operation.Fields() {
		r := fieldRule{FieldSchema: schema}
		if schema.Pattern != "" {
			r.pattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(schema.Pattern) })
		}
		rules[field] = r
	}
	return rules
}

// refuse says what is wrong with the field's value.
func (r fieldRule) refuse(format string, args ...any) error {
	return refuse(Code(r.Code), format, args...)
}

// chooseOperation returns the request's operation, if this function signs it.
func (c Config) chooseOperation(r request) (operation.Operation, error) {
	if !r.has(fieldOperation) {
		return c.Operations[0], nil
	}
	name := r.text(fieldOperation)
	named := func(op operation.Operation) bool { return op.Name == name }
	if i := slices.IndexFunc(c.Operations, named); i >= 0 {
		return c.Operations[i], nil
	}
	allowed := strings.Join(operation.Names(c.Operations), ", ")
	if slices.ContainsFunc(operation.Table(), named) {
		return operation.Operation{}, refuse(OperationNotEnabled, "operation %q is not enabled on this route: want one of %s", name, allowed)
	}
	return operation.Operation{}, refuse(InvalidOperation, "unknown operation %q: want one of %s", shorten(name), allowed)
}

// checkFields refuses a request with a field that its operation doesn't take, or without one that it needs.
func checkFields(op operation.Operation, r request) error {
	for _, field := range slices.Sorted(maps.Keys(r)) {
		if field != fieldOperation && field != fieldUsername && !op.Takes(field) {
			return refuse(InvalidRequest, "field %q does not go with operation %q", field, op.Name)
		}
	}
	for _, field := range op.Required {
		if !r.has(field) {
			return refuse(InvalidRequest, "operation %q needs field %q", op.Name, field)
		}
	}
	return nil
}

// validate checks the values of a request against their schemas and the stage's bounds. It adds the default content type, and
// the checksum of an empty body.
func (c Config) validate(op operation.Operation, r request) error {
	if op.Takes(operation.ContentType) && !r.has(operation.ContentType) {
		r[operation.ContentType] = defaultContentType
	}
	for _, field := range slices.Sorted(maps.Keys(r)) {
		if err := fieldRules[field].check(field, r[field]); err != nil {
			return err
		}
	}
	if err := c.checkContentType(op, r); err != nil {
		return err
	}
	if err := c.checkSize(op, r); err != nil {
		return err
	}
	return addChecksumOfEmptyBody(r)
}

// emptySHA256 is the checksum of an empty body.
const emptySHA256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

// addChecksumOfEmptyBody adds the checksum if the content length is 0, because the SDK doesn't sign a length of 0. It refuses
// an empty part: nobody needs one, and S3 takes a part's checksum only if createMultipartUpload announced it.
func addChecksumOfEmptyBody(r request) error {
	if !r.has(operation.ContentLength) || r.number(operation.ContentLength) > 0 {
		return nil
	}
	if r.has(operation.PartNumber) {
		return refuse(InvalidContentLength, "field %q is 0: want at least 1 for a part", operation.ContentLength)
	}
	if sum := r.text(operation.ChecksumSHA256); r.has(operation.ChecksumSHA256) && sum != emptySHA256 {
		return refuse(InvalidChecksum, "field %q is %q: want %q for a content length of 0", operation.ChecksumSHA256, sum, emptySHA256)
	}
	r[operation.ChecksumSHA256] = emptySHA256
	return nil
}

// check refuses a value that its field's schema doesn't allow. The pattern comes before the length, because its
// message says more.
func (r fieldRule) check(field operation.Field, value any) error {
	switch value := value.(type) {
	case int64:
		return r.checkNumber(field, value)
	case string:
		length := utf8.RuneCountInString(value)
		switch {
		case r.Enum != nil && !slices.Contains(r.Enum, value):
			return r.refuse("field %q is %q: want %q", field, shorten(value), strings.Join(r.Enum, ", "))
		case strings.ContainsRune(value, utf8.RuneError): // decoding JSON replaces invalid Unicode by it
			return r.refuse("field %q is %q: want valid Unicode", field, shorten(value))
		case r.pattern != nil && !r.pattern().MatchString(value):
			return r.refuse("field %q is %q: want %s", field, shorten(value), r.Allowed)
		case length < r.MinLength:
			return r.refuse("field %q has %d characters: want at least %d", field, length, r.MinLength)
		case r.MaxLength > 0 && length > r.MaxLength:
			return r.refuse("field %q has %d characters: want at most %d", field, length, r.MaxLength)
		}
	}
	return nil
}

func (r fieldRule) checkNumber(field operation.Field, value int64) error {
	if value >= r.Minimum && value <= r.Maximum {
		return nil
	}
	code := Code(r.Code)
	if field == operation.ContentLength && value > r.Maximum {
		code = UploadTooLarge
	}
	return refuse(code, "field %q is %d: want %d to %d", field, value, r.Minimum, r.Maximum)
}

func (c Config) checkContentType(op operation.Operation, r request) error {
	if !op.Takes(operation.ContentType) {
		return nil
	}
	contentType, rule := r.text(operation.ContentType), fieldRules[operation.ContentType]
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.Contains(media, "/") {
		return rule.refuse("field %q is %q: want %s", operation.ContentType, shorten(contentType), rule.Allowed)
	}
	for _, pattern := range c.ContentTypes {
		if matchesContentType(pattern, media) {
			return nil
		}
	}
	return refuse(ContentTypeNotAllowed, "content type %q: want one of %s", contentType, strings.Join(c.ContentTypes, ", "))
}

func matchesContentType(pattern, media string) bool {
	if family, ok := strings.CutSuffix(pattern, "/*"); ok {
		return family == "*" || strings.HasPrefix(media, strings.ToLower(family)+"/")
	}
	return strings.EqualFold(pattern, media)
}

// checkSize keeps an upload within MaxUploadBytes. It sees one part at a time. Each of the n-1 parts before
// part n has at most PartBytes, so the upload has at most (n-1)*PartBytes + length. That must not exceed MaxUploadBytes.
func (c Config) checkSize(op operation.Operation, r request) error {
	if c.MaxUploadBytes == 0 || !op.Takes(operation.ContentLength) {
		return nil
	}
	if !r.has(operation.ContentLength) {
		return refuse(InvalidRequest, "operation %q needs field %q here: uploads are limited to %d bytes", op.Name, operation.ContentLength, c.MaxUploadBytes)
	}
	length := r.number(operation.ContentLength)
	if !r.has(operation.PartNumber) {
		if length > c.MaxUploadBytes {
			return refuse(UploadTooLarge, "content length is %d bytes: want at most %d", length, c.MaxUploadBytes)
		}
		return nil
	}
	if length > c.PartBytes {
		return refuse(UploadTooLarge, "part of %d bytes: want at most the part size, %d", length, c.PartBytes)
	}
	number := r.number(operation.PartNumber)
	if end := (number-1)*c.PartBytes + length; end > c.MaxUploadBytes {
		return refuse(UploadTooLarge, "part %d of %d bytes ends at byte %d: want at most %d in all", number, length, end, c.MaxUploadBytes)
	}
	return nil
}
