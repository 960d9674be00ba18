package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/policies/redact"
)

// longest is the longest text that redact takes, in bytes: a person must read
// what comes out.
const longest = 4 << 20

func (s *Shell) redactCommand() *cobra.Command {
	var known string
	c := &cobra.Command{Use: "redact [FILE|-]", Args: cobra.MaximumNArgs(1),
		Short: s.T("พิมพ์ข้อความโดยแทนข้อมูลส่วนบุคคลด้วยวงเล็บ ไม่ต้องติดตั้งก่อน", "Print a text with personal data replaced; needs no server"),
		RunE: func(c *cobra.Command, args []string) error {
			text, err := readText(c, args)
			if err != nil {
				return err
			}
			var names []string
			if known != "" {
				list, err := readText(c, []string{known})
				if err != nil {
					return err
				}
				names = strings.Split(list, "\n")
			}
			return s.tellRedacted(redact.Redact(text, names))
		}}
	c.Flags().StringVar(&known, "known", "", s.T("ไฟล์ชื่อและเลขที่รู้แล้วว่าต้องปิด บรรทัดละหนึ่งอย่าง", "file with names and numbers known to be personal, one on a line"))
	return c
}

func (s *Shell) tellRedacted(r redact.Result) error {
	type span struct {
		Start int     `json:"start"` // byte offsets into the text as it was given
		End   int     `json:"end"`
		Kind  string  `json:"kind"`
		By    string  `json:"by"`
		Score float64 `json:"score"` // how sure, 0 to 1
	}
	type left struct {
		Start int    `json:"start"`
		End   int    `json:"end"`
		Why   string `json:"why"`
	}
	removed := make([]span, len(r.Spans))
	for i, x := range r.Spans {
		removed[i] = span{x.Start, x.End, string(x.Kind), x.By, x.Score}
	}
	residue := make([]left, len(r.Residue))
	for i, x := range r.Residue {
		residue[i] = left{x.Start, x.End, string(x.Why)}
	}
	out := map[string]any{"text": r.Text, "removed": removed, "scrubbed": r.Scrubbed(), "residue": residue}
	err := s.Print(out, func(w io.Writer) error { _, err := io.WriteString(w, r.Text); return err })
	if err == nil {
		_, err = fmt.Fprintf(s.Err, s.T("แทนแล้ว %d แห่ง โปรแกรมมองไม่เห็นทุกอย่าง ให้คนอ่านก่อนส่งต่อ\n",
			"%d parts replaced. A program does not see everything: read it before you pass it on.\n"), len(removed))
	}
	if err == nil && !r.Scrubbed() {
		_, err = fmt.Fprintf(s.Err, s.T("ยังเหลือ %d แห่งที่อาจบอกได้ว่าเป็นใคร (เลขสี่หลักขึ้นไป อักษรอื่น ชื่อภาษาอังกฤษ) ดูตำแหน่งด้วย --json\n",
			"%d parts are left that may tell who it is (four digits or more, other scripts, names in Latin letters): see where with --json.\n"), len(residue))
	}
	return err
}

// readText reads the named file, or standard input. What is not plain text in
// UTF-8 is refused: its personal data would not be seen.
func readText(c *cobra.Command, args []string) (string, error) {
	in := c.InOrStdin()
	if len(args) > 0 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return "", unreadable(err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, longest+1))
	switch {
	case err != nil:
		return "", unreadable(err)
	case len(b) > longest:
		return "", say.Fail(ExitUsage, say.Text{TH: "ข้อความยาวเกิน 4 MiB", EN: "The text is longer than 4 MiB"}, nil)
	case !utf8.Valid(b) || bytes.ContainsFunc(b, machine):
		return "", say.Fail(ExitUsage, say.Text{TH: "นี่ไม่ใช่ข้อความธรรมดาแบบ UTF-8 ให้บันทึกเป็น UTF-8 ก่อน", EN: "This is no plain text in UTF-8; save it as UTF-8 first"}, nil)
	}
	return string(b), nil
}

// machine holds for characters that stand in no text, but in other files and in UTF-16.
func machine(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }

func unreadable(err error) error {
	return say.Fail(ExitUsage, say.Text{TH: "อ่านไฟล์ไม่ได้", EN: "The file cannot be read"}, err)
}
