package ruleset

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// MaxFile is how long a file of rules may be, in bytes.
const MaxFile = 256 << 10

// Columns are the columns of a file of rules, in their order.
func Columns() []string {
	return []string{"name", "who", "purpose", "field", "form", "when", "reason"}
}

var ownName = regexp.MustCompile(`^own_[1-9][0-9]{0,5}$`)

// Write writes a version as a file that an engineer can keep and change: CSV (RFC 4180)
// with a line of column names; lines with # in front say what it is.
func Write(w io.Writer, v Version) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Saphan, own rules. A row can only forbid.\n# version %d\n", v.Number)
	c := csv.NewWriter(&b)
	rows := [][]string{Columns()}
	for _, r := range v.Rows {
		rows = append(rows, []string{r.Name, r.Who, r.Purpose, r.Field, r.Form, r.When, r.Reason})
	}
	if err := c.WriteAll(rows); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Read reads a file of rules as a whole or refuses it, naming the line. Whether the cells
// are those of a rule is for the gate to say (see Import). lines are where the rows stand.
func Read(r io.Reader) (rows []Row, lines []int, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	switch {
	case err != nil:
		return nil, nil, err
	case len(raw) > MaxFile:
		return nil, nil, fault.New(fault.TooLarge, "rules.file.large")
	case !utf8.Valid(raw) || bytes.ContainsRune(raw, 0):
		return nil, nil, fault.New(fault.Invalid, "rules.file.text")
	}
	c := csv.NewReader(bytes.NewReader(raw))
	c.Comment, c.FieldsPerRecord = '#', len(Columns())
	head, err := c.Read()
	if err != nil || !slices.Equal(head, Columns()) {
		return nil, nil, fault.New(fault.Invalid, "rules.file.head")
	}
	for {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, lines, nil
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			return nil, nil, atLine(bad.Line, "rules.file.line")
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := c.FieldPos(0)
		row := Row{Name: rec[0], Who: rec[1], Purpose: rec[2], Field: rec[3], Form: rec[4], When: rec[5]}
		if row.Reason, err = reason("reason", rec[6]); err != nil {
			return nil, nil, atLine(line, "rules.file.reason")
		}
		if !ownName.MatchString(row.Name) || slices.ContainsFunc(rows, func(o Row) bool { return o.Name == row.Name }) {
			return nil, nil, atLine(line, "rules.file.name")
		}
		if len(rows) == MaxRows {
			return nil, nil, fault.New(fault.Invalid, "rules.error.many")
		}
		rows, lines = append(rows, row), append(lines, line)
	}
}

func atLine(n int, key string) error {
	return fault.New(fault.Invalid, key).With("line", strconv.Itoa(n))
}

// Import drafts a new version with the rules of a file, as one person's work: another
// must put it into force. A rule that is none is refused with its line and column, and
// then nothing is drafted.
func (s *Service) Import(ctx context.Context, who clinic.Actor, note string, file io.Reader) (number int64, err error) {
	if err := s.may(ctx, who, "draft", Version{}); err != nil {
		return 0, err
	}
	rows, lines, err := Read(file)
	if err != nil {
		return 0, err
	}
	j, err := s.d.Judge.Judge(ctx, who, rows)
	if err != nil {
		return 0, err
	}
	if len(j.Problems) > 0 {
		p := j.Problems[0]
		if p.Row < 1 || p.Row > len(lines) {
			return 0, broken(j.Problems)
		}
		column := p.Column
		switch column {
		case "":
			column = "row"
		case "condition":
			column = "when" // as the file calls it
		}
		return 0, fault.New(fault.Invalid, "rules.file.rule").With("line", strconv.Itoa(lines[p.Row-1])).With("column", column)
	}
	err = s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if number, err = s.Begin(ctx, who, note, 0); err != nil {
			return err
		}
		return s.edit(ctx, who, number, 1, func([]Row) ([]Row, error) { return rows, nil })
	})
	return number, err
}
