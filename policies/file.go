package policies

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
)

// maxRows is the largest file of rows, in bytes.
const maxRows = 1 << 20

// ErrRowsTooLarge says that a file of rows is larger than one mebibyte.
var ErrRowsTooLarge = errors.New("policies: the file of rows is larger than 1 MiB")

// ReadRows reads an organisation's own rows: CSV without a header, lines that
// begin with # left out. Whether they are rules is for Compile or Load.
func ReadRows(r io.Reader) ([][]string, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxRows+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxRows {
		return nil, ErrRowsTooLarge
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))) // Excel writes a mark
	c.Comment, c.FieldsPerRecord = '#', -1
	return c.ReadAll()
}
