package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/register"
)

// table decodes a CSV file. Row i of the sheet is record i of the file, empty
// lines counted.
func table(raw []byte) (register.Book, error) {
	text, encoding, err := decodeText(raw)
	if err != nil {
		return register.Book{}, err
	}
	sep := separator(text)
	s := register.Sheet{Name: ""}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = sep, -1, true, true
	var b budget
	at := int64(0)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return register.Book{}, fault.Wrap(fault.Invalid, "imports.fault.csv", err)
		}
		for chunk := text[at:r.InputOffset()]; ; { // the reader leaves empty lines out
			rest, ok := strings.CutPrefix(strings.TrimPrefix(chunk, "\r"), "\n")
			if !ok {
				break
			}
			s.Rows, chunk = append(s.Rows, nil), rest
		}
		at = r.InputOffset()
		if len(s.Rows) >= MaxRows || len(record) > MaxColumns {
			return register.Book{}, fault.New(fault.TooLarge, "imports.fault.too_many_cells")
		}
		if err := b.take(len(record)); err != nil {
			return register.Book{}, err
		}
		row := make([]register.Cell, len(record))
		for i, field := range record {
			if len(field) > MaxText {
				return register.Book{}, fault.New(fault.TooLarge, "imports.fault.long_cell")
			}
			row[i] = register.Cell{Text: strings.Clone(field)}
		}
		s.Rows = append(s.Rows, row)
	}
	return register.Book{Format: "csv", Encoding: encoding, Separator: string(sep), Sheets: []register.Sheet{s}}, nil
}

// decodeText tells the encoding. Thai Excel writes Windows-874 without saying
// so; it is believed only where the result is Thai text.
func decodeText(raw []byte) (text, encoding string, err error) {
	foreign := fault.New(fault.Invalid, "imports.fault.kind")
	switch {
	case bytes.HasPrefix(raw, []byte{0xEF, 0xBB, 0xBF}):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		return wide(raw), "utf-16", nil
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", "", foreign
	}
	if utf8.Valid(raw) {
		if !mostlyText(string(raw)) {
			return "", "", foreign
		}
		return string(raw), "utf-8", nil
	}
	out, err := charmap.Windows874.NewDecoder().Bytes(raw)
	if err != nil {
		return "", "", foreign
	}
	text = string(out)
	thai, bad := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Thai, r):
			thai++
		case r == utf8.RuneError || (r < ' ' && r != '\n' && r != '\r' && r != '\t'):
			bad++
		}
	}
	if thai == 0 || bad > thai/50 {
		return "", "", foreign
	}
	return text, "windows-874", nil
}

func mostlyText(s string) bool {
	bad := 0
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			bad++
		}
	}
	return bad <= len(s)/1000
}

func wide(raw []byte) string {
	big := raw[0] == 0xFE
	raw = raw[2:]
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		if big {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		} else {
			units = append(units, uint16(raw[i+1])<<8|uint16(raw[i]))
		}
	}
	return string(utf16.Decode(units))
}

// separator is the sign that occurs most evenly outside of quotes near the top.
func separator(text string) rune {
	counts := map[rune]int{}
	quoted, lines := false, 0
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '\n':
			lines++
		case r == ',' || r == ';' || r == '\t':
			counts[r]++
		}
		if lines >= 20 {
			break
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}
