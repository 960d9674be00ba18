package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/policies"
)

// Rows reads the file of an organisation's own rules; "" means none.
func Rows(file string) ([][]string, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file) //nolint:gosec // the operator's path
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = f.Close() }()
	own, err := policies.ReadRows(f)
	switch {
	case errors.Is(err, policies.ErrRowsTooLarge):
		return nil, say.Fail(ExitUsage, say.Text{TH: "ไฟล์กฎใหญ่เกิน 1 MiB", EN: "The file of rules is larger than 1 MiB"}, nil)
	case err != nil:
		return nil, say.Fail(ExitUsage, say.Text{TH: "ไฟล์กฎไม่ใช่ CSV", EN: "The file of rules is no CSV"}, err)
	}
	if _, err := policies.Compile(own); err != nil {
		return nil, say.Fail(ExitUsage, say.Text{TH: "กฎในไฟล์ใช้ไม่ได้", EN: "The rows are not rules"}, err)
	}
	return own, nil
}

// policyCommand studies the rules that are built in, together with the rows of
// a file. It needs no server, and changes nothing.
func (s *Shell) policyCommand() *cobra.Command {
	var rows string
	with := func(f func(p *policies.Snapshot) error) func(*cobra.Command, []string) error {
		return func(*cobra.Command, []string) error {
			p, err := rules(rows)
			if err != nil {
				return err
			}
			return f(p)
		}
	}
	g := group("policy", s.T("ศึกษากฎว่าข้อมูลใดออกได้ (ไม่เปลี่ยนอะไร)", "Study the rules on what may leave (changes nothing)"),
		&cobra.Command{Use: "test", Args: cobra.NoArgs, Short: s.T("ลองกฎกับตัวอย่าง และเทียบตัวตรวจกฎสองชุดทุกคำถาม", "Run the rules' examples, and compare the two checks of the rules on every question"),
			RunE: func(c *cobra.Command, _ []string) error {
				p, err := rules(rows)
				if err != nil {
					return err
				}
				return s.testPolicy(c.Context(), p)
			}},
		&cobra.Command{Use: "lint", Args: cobra.NoArgs, Short: s.T("หากฎที่ไม่มีผลอะไร", "Find rules that change nothing"), RunE: with(s.lintPolicy)},
		&cobra.Command{Use: "matrix", Args: cobra.NoArgs, Short: s.T("ข้อมูลใดไปถึงใครได้ในรูปใด อย่างมากที่สุด", "Which field can reach whom, and in which form at best"), RunE: with(s.matrix)},
		&cobra.Command{Use: "explain FIELD", Args: cobra.ExactArgs(1), Short: s.T("ข้อมูลช่องหนึ่งอยู่ชั้นใด กฎใดพูดถึง", "What is known of one field, and which rules speak of it"),
			RunE: func(_ *cobra.Command, args []string) error {
				p, err := rules(rows)
				if err != nil {
					return err
				}
				return s.explainField(p.Explain(args[0]))
			}},
		&cobra.Command{Use: "diff FILE", Args: cobra.ExactArgs(1), Short: s.T("แถวในไฟล์เปลี่ยนคำตอบใดบ้าง", "Which answers the rows of a file change"),
			RunE: func(_ *cobra.Command, args []string) error {
				before, err := rules(rows)
				if err != nil {
					return err
				}
				after, err := rules(args[0])
				if err != nil {
					return err
				}
				return s.tellDiff(before.Diff(after))
			}})
	g.PersistentFlags().StringVar(&rows, "rows", "", s.T("ไฟล์ CSV ของกฎของเราเอง เพิ่มจากกฎของเครือข่าย", "CSV file with rules of our own, beside the network's"))
	return g
}

// rules are the built-in ones and the rows of a file; "" means none.
func rules(file string) (*policies.Snapshot, error) {
	own, err := Rows(file)
	if err != nil {
		return nil, err
	}
	return policies.Compile(own)
}

func (s *Shell) testPolicy(ctx context.Context, p *policies.Snapshot) error {
	results, err := p.Test()
	if err != nil {
		return err
	}
	compared, err := p.CompareAll(ctx)
	if errors.Is(err, policies.ErrDiffer) {
		d := p.Difference()
		return say.Fail(ExitCheck, say.Text{TH: "ตัวตรวจกฎสองชุดตอบไม่ตรงกัน: %s เพื่อ %s (%s) ให้แจ้งผู้พัฒนา",
			EN: "The two checks of the rules do not agree: %s for %s (%s); tell the developers"}.With(d.Path, d.Purpose, d.Form), err)
	}
	if err != nil {
		return err
	}
	type line struct {
		Rule     string `json:"rule"`
		Audience string `json:"audience"`
		Purpose  string `json:"purpose"`
		Field    string `json:"field"`
		Form     string `json:"form"`
		Consent  int    `json:"consent"`
		Openness int    `json:"openness"`
		K        int    `json:"k"`
		Want     string `json:"want"`
		Got      string `json:"got"`
		OK       bool   `json:"ok"`
	}
	failed, lines := 0, make([]line, len(results))
	for i, r := range results {
		at := r.Situation
		lines[i] = line{r.Rule, r.Audience, r.Purpose, r.Path, r.Form, at.Consent, at.Openness, at.K, r.Want, r.Got, r.OK}
		if !r.OK {
			failed++
		}
	}
	err = s.Print(map[string]any{"policy": p.Hash(), "examples": lines, "failed": failed, "compared": compared.Questions}, func(w io.Writer) error {
		for _, l := range lines {
			if l.OK {
				continue
			}
			if _, err := fmt.Fprintf(w, s.T("%s: %s ถึง %s เพื่อ %s (%s, ยินยอม %d เปิด %d k %d): ควรได้ %s ได้ %s\n",
				"%s: %s to %s for %s (%s, consent %d, openness %d, k %d): want %s, got %s\n"),
				l.Rule, l.Field, l.Audience, l.Purpose, l.Form, l.Consent, l.Openness, l.K, l.Want, l.Got); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(w, s.T("ตัวอย่าง %d ข้อ ไม่ผ่าน %d\nตัวตรวจกฎสองชุดตอบตรงกันทั้ง %d คำถาม\n%s\n",
			"%d examples, %d failed\nThe two checks of the rules agree on all %d questions\n%s\n"), len(lines), failed, compared.Questions, p.Hash())
		return err
	})
	if err == nil && failed > 0 {
		err = say.Fail(ExitCheck, say.Text{TH: "กฎตอบไม่ตรงกับตัวอย่าง %d ข้อ", EN: "The rules answer %d examples otherwise"}.With(failed), nil)
	}
	return err
}

func (s *Shell) lintPolicy(p *policies.Snapshot) error {
	type line struct {
		Rule  string `json:"rule"`
		Layer string `json:"layer"`
		Kind  string `json:"kind"`
		Guard bool   `json:"guard"`
	}
	idle, lines := 0, []line{}
	for _, f := range p.Lint() {
		lines = append(lines, line{f.Rule.String(), f.Rule.Layer, f.Kind, f.Guard})
		if !f.Guard {
			idle++
		}
	}
	err := s.Print(lines, func(w io.Writer) error {
		for _, l := range lines {
			kind := s.T("ไม่เคยตรงกับอะไร", "never matches")
			if l.Kind == "shadowed" {
				kind = s.T("กฎอื่นตอบแทนแล้ว", "others decide already")
			}
			if l.Guard {
				kind += s.T(" (กฎพื้น เก็บไว้เป็นแนวที่สอง)", " (of the floor: a second line, kept on purpose)")
			}
			if _, err := fmt.Fprintf(w, "%s\n    %s\n", kind, l.Rule); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && idle > 0 {
		err = say.Fail(ExitCheck, say.Text{TH: "มี %d กฎที่ไม่มีผล", EN: "%d rules change nothing"}.With(idle), nil)
	}
	return err
}

func (s *Shell) matrix(p *policies.Snapshot) error {
	rows, err := p.Matrix()
	if err != nil {
		return err
	}
	type line struct {
		Purpose string                   `json:"purpose"`
		Field   string                   `json:"field"`
		Class   policies.Class           `json:"class"`
		Forms   map[string]policies.Form `json:"forms"`
	}
	lines := make([]line, len(rows))
	for i, r := range rows {
		lines[i] = line{r.Purpose, r.Path, r.Class, r.Forms}
	}
	return s.Print(lines, func(w io.Writer) error {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		head := []string{s.T("ข้อมูล", "field"), s.T("ชั้น", "class")}
		for _, a := range p.Audiences() {
			head = append(head, a.Name)
		}
		_, _ = fmt.Fprintln(t, strings.Join(head, "\t")) // kept until Flush
		for _, l := range lines {
			cells := []string{l.Field, string(l.Class)}
			for _, a := range p.Audiences() {
				cells = append(cells, string(l.Forms[a.Name]))
			}
			_, _ = fmt.Fprintln(t, strings.Join(cells, "\t"))
		}
		return t.Flush()
	})
}

func (s *Shell) explainField(e policies.Explanation) error {
	text := func(rows []policies.Row) []string {
		out := make([]string, len(rows))
		for i, r := range rows {
			out[i] = r.String()
		}
		return out
	}
	deny, allow := text(e.Deny), text(e.Allow)
	v := map[string]any{"field": e.Path, "known": e.Known, "class": e.Class, "special": e.S26, "quasi": e.Quasi,
		"transforms": append([]string{}, e.Ladder...), "deny": deny, "allow": allow}
	return s.Print(v, func(w io.Writer) error {
		if !e.Known {
			_, err := fmt.Fprintf(w, s.T("%s ไม่มีในทะเบียนข้อมูล จึงเป็นชั้น A: ห้ามออก\n", "%s is not in the registry, so it is class A: it never leaves\n"), e.Path)
			return err
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s  %s %s", e.Path, s.T("ชั้น", "class"), e.Class)
		if e.S26 {
			b.WriteString(s.T("  ข้อมูลอ่อนไหวตามมาตรา 26", "  sensitive (section 26)"))
		}
		if e.Quasi {
			b.WriteString(s.T("  ช่วยให้เดาตัวคนได้", "  helps to single a person out"))
		}
		ways := strings.Join(e.Ladder, ", ")
		if ways == "" {
			ways = "-"
		}
		fmt.Fprintf(&b, "\n%s %s\n", s.T("ทางแปลง:", "transforms:"), ways)
		for _, part := range []struct {
			head string
			rows []string
		}{{s.T("กฎที่ห้าม:", "rules that can keep it in:"), deny}, {s.T("กฎที่ให้ออก:", "rules that can let it out:"), allow}} {
			fmt.Fprintln(&b, part.head)
			for _, r := range part.rows {
				fmt.Fprintf(&b, "    %s\n", r)
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// situation is policies.Situation as JSON says it.
type situation struct {
	Consent  int  `json:"consent"`
	Openness int  `json:"openness"`
	K        int  `json:"k"`
	Scrubbed bool `json:"scrubbed"`
	Reviewed bool `json:"reviewed"`
	Adult    bool `json:"adult"`
}

func (s *Shell) tellDiff(changes []policies.Change) error {
	type line struct {
		Audience  string        `json:"audience"`
		Purpose   string        `json:"purpose"`
		Field     string        `json:"field"`
		Form      policies.Form `json:"form"`
		Allows    bool          `json:"allows"`
		Questions int           `json:"questions"`
		Example   situation     `json:"example"`
	}
	lines := make([]line, len(changes))
	for i, c := range changes {
		lines[i] = line{c.Audience, c.Purpose, c.Path, c.Form, c.Allows, c.Questions, situation(c.Example)}
	}
	return s.Print(lines, func(w io.Writer) error {
		for _, l := range lines {
			verb := s.T("ห้ามเพิ่ม", "newly denied")
			if l.Allows {
				verb = s.T("ให้ออกเพิ่ม", "newly allowed")
			}
			if _, err := fmt.Fprintf(w, s.T("%s: %s ถึง %s เพื่อ %s (%s) ใน %d สถานการณ์\n", "%s: %s to %s for %s (%s), in %d situations\n"),
				verb, l.Field, l.Audience, l.Purpose, l.Form, l.Questions); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(w, s.T("เปลี่ยน %d ข้อ\n", "%d changes\n"), len(lines))
		return err
	})
}
