package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// An export is the whole ledger as text, one JSON object a line: a header with the
// heads of all chains at that moment, the lines, and an end that counts them, so
// that a copy which was cut short is noticed. It can be verified without a server,
// and a server can be held against it later: whoever rewrites the ledger cannot
// rewrite the copies that others keep.
type (
	exportHeader struct {
		Version int       `json:"saphan_ledger"`
		Server  string    `json:"server"`
		Made    time.Time `json:"made"`
		Heads   []Head    `json:"heads"`
	}
	exportLine struct {
		Chain      string `json:"chain"`
		Seq        int64  `json:"seq"`
		At         int64  `json:"at"` // milliseconds since 1970
		Actor      string `json:"actor"`
		Act        string `json:"act"`
		ObjectType string `json:"object_type"`
		ObjectID   string `json:"object_id"`
		Outcome    string `json:"outcome"`
		Detail     string `json:"detail"` // the JSON text as it was hashed
		Prev       string `json:"prev"`
		Hash       string `json:"hash"`
	}
	exportEnd struct {
		Lines int64 `json:"lines"`
		End   bool  `json:"end"`
	}
)

const (
	exportVersion = 1
	maxExportLine = 64 << 10 // bytes
	maxChains     = 1000
)

// Copy is what a verified export says of itself.
type Copy struct {
	Server string
	Made   time.Time
	Lines  int64
	Heads  []Head
}

// What is wrong with a copy, beside Altered, Missing, Unlinked and HeadGone.
const (
	BadForm = "form" // not an export, or not of a version that is known
	Cut     = "cut"  // the end is not there
	Beyond  = "more" // something stands behind the end, or a line past its head
)

// BadCopy says where an export does not hold. Line counts from 1 within the file.
type BadCopy struct {
	Line int64
	What string
}

// Error names the line and what is wrong.
func (b *BadCopy) Error() string {
	return fmt.Sprintf("audit: copy is bad (%s) at line %d", b.What, b.Line)
}

// LogLabel is what a log may say of it.
func (b *BadCopy) LogLabel() string { return fmt.Sprintf("copy %s %d", b.What, b.Line) }

// Export writes all chains up to their present heads, and returns how many lines
// that were. The lines are written as they are stored, also one that was altered.
func (l *Log) Export(ctx context.Context, w io.Writer, server string) (n int64, err error) {
	heads, err := l.Heads(ctx)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(exportHeader{exportVersion, server, l.now().UTC().Truncate(time.Second), heads}); err != nil {
		return 0, err
	}
	for _, h := range heads {
		m, err := l.exportChain(ctx, enc, h)
		n += m
		if err != nil {
			return n, err
		}
	}
	if err := enc.Encode(exportEnd{n, true}); err != nil {
		return n, err
	}
	return n, out.Flush()
}

func (l *Log) exportChain(ctx context.Context, enc *json.Encoder, h Head) (n int64, err error) {
	for last := int64(0); last < h.Seq; {
		var rows []row
		err := l.db.Reader(ctx).Where("chain = ? AND seq > ? AND seq <= ?", h.Chain, last, h.Seq).Order("seq").Limit(batch).Find(&rows).Error
		if err != nil {
			return n, fmt.Errorf("audit: export: %w", err)
		}
		for _, r := range rows {
			if err := enc.Encode(exportLine(r)); err != nil {
				return n, err
			}
			last, n = r.Seq, n+1
		}
		if len(rows) < batch {
			break // lines are missing; the copy will say so when it is verified
		}
	}
	return n, nil
}

// VerifyCopy reads an export to its end and checks every line of it, with nothing
// but the copy itself. What does not hold is a *BadCopy.
func VerifyCopy(r io.Reader) (Copy, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxExportLine)
	v := copyCheck{last: map[string]row{}}
	for lines.Scan() {
		v.line++
		if what := v.next(lines.Bytes()); what != "" {
			return v.copy, &BadCopy{v.line, what}
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return v.copy, &BadCopy{v.line + 1, BadForm}
	case err != nil:
		return v.copy, fmt.Errorf("audit: copy: %w", err)
	case v.line == 0:
		return v.copy, &BadCopy{1, BadForm}
	case !v.ended:
		return v.copy, &BadCopy{v.line, Cut}
	}
	return v.copy, nil
}

// copyCheck is the state of reading one export.
type copyCheck struct {
	copy  Copy
	line  int64
	last  map[string]row // of each chain
	ended bool
}

// next takes one line and returns what is wrong with it, or "".
func (v *copyCheck) next(text []byte) string {
	switch {
	case v.ended:
		return Beyond
	case v.line == 1:
		return v.header(text)
	case bytes.Contains(text, []byte(`"end":true`)) && !bytes.Contains(text, []byte(`"hash"`)):
		return v.end(text)
	}
	var l exportLine
	if !exactly(text, &l) {
		return BadForm
	}
	r, last := row(l), v.last[l.Chain]
	switch {
	case r.Seq != last.Seq+1:
		return Missing
	case r.Hash != r.sum():
		return Altered
	case r.Prev != last.Hash:
		return Unlinked
	}
	v.last[l.Chain] = r
	v.copy.Lines++
	return ""
}

func (v *copyCheck) header(text []byte) string {
	var h exportHeader
	if !exactly(text, &h) || h.Version != exportVersion || len(h.Heads) > maxChains {
		return BadForm
	}
	v.copy = Copy{Server: h.Server, Made: h.Made, Heads: h.Heads}
	return ""
}

func (v *copyCheck) end(text []byte) string {
	var e exportEnd
	if !exactly(text, &e) || !e.End {
		return BadForm
	}
	if e.Lines != v.copy.Lines {
		return Missing
	}
	seen := map[string]bool{}
	for _, h := range v.copy.Heads {
		last := v.last[h.Chain]
		if seen[h.Chain] || last.Seq < h.Seq {
			return Missing
		}
		if last.Seq != h.Seq || last.Hash != h.Hash {
			return HeadGone
		}
		seen[h.Chain] = true
	}
	if len(seen) != len(v.last) {
		return Beyond
	}
	v.ended = true
	return ""
}

// exactly reads one JSON object that has no other names than those of to.
func exactly(text []byte, to any) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(to) == nil && !d.More()
}

// Compare verifies an export and then this ledger against it: every head of the copy
// must still be a line here, with the same hash. An error is a *BadCopy (the copy
// itself does not hold), a *Broken (this ledger was rewritten since), or of reading.
func (l *Log) Compare(ctx context.Context, r io.Reader) (Copy, error) {
	c, err := VerifyCopy(r)
	if err != nil {
		return c, err
	}
	if _, err := l.Verify(ctx); err != nil {
		return c, err
	}
	return c, l.VerifyHeads(ctx, c.Heads)
}
