package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/say"
)

type copyOut struct {
	Server string    `json:"server,omitempty"`
	Made   time.Time `json:"made,omitzero"`
	Lines  int64     `json:"lines"`
	OK     bool      `json:"ok"`
	What   string    `json:"what,omitempty"` // altered, missing, unlinked, head_gone, form, cut, more
	Line   int64     `json:"line,omitempty"` // of the file
	Chain  string    `json:"chain,omitempty"`
	Seq    int64     `json:"seq,omitempty"` // of the chain in this server's own ledger
}

func (s *Shell) ledgerCommand() *cobra.Command {
	export := &cobra.Command{Use: "export FILE", Args: cobra.ExactArgs(1), Short: s.T("คัดสมุดบันทึกทั้งเล่มลงไฟล์ (- คือจอ) ไม่มีข้อมูลส่วนบุคคล", "Copy the whole ledger into a file (- is the screen); it holds no personal data"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c, func(b *Base) error { return s.exportLedger(c.Context(), b, args[0]) })
		}}
	verify := &cobra.Command{Use: "verify FILE", Args: cobra.ExactArgs(1), Short: s.T("ตรวจสำเนาสมุดบันทึกด้วยตัวมันเอง ไม่ต้องมีเซิร์ฟเวอร์", "Check a copy of a ledger by itself, without any server"),
		RunE: func(_ *cobra.Command, args []string) error {
			return s.checkCopy(args[0], audit.VerifyCopy)
		}}
	compare := &cobra.Command{Use: "compare FILE", Args: cobra.ExactArgs(1), Short: s.T("เทียบสมุดบันทึกของเซิร์ฟเวอร์นี้กับสำเนาที่เก็บไว้ก่อนหน้า", "Hold this server's ledger against a copy that was kept"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c, func(b *Base) error {
				return s.checkCopy(args[0], func(r io.Reader) (audit.Copy, error) { return b.Ledger.Compare(c.Context(), r) })
			})
		}}
	return group("ledger", s.T("สมุดบันทึก: คัดสำเนา ตรวจ และเทียบ", "The ledger: copy, check, compare"), export, verify, compare)
}

func (s *Shell) exportLedger(ctx context.Context, b *Base, name string) error {
	if name == "-" {
		_, err := b.Ledger.Export(ctx, s.Out, b.Values.Text("base_url"))
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return say.Fail(ExitConflict, say.Text{TH: "มีไฟล์ชื่อนี้อยู่แล้ว ไม่เขียนทับ", EN: "There is a file of this name already; it was left alone"}, nil)
	}
	if err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "สร้างไฟล์ไม่ได้", EN: "The file cannot be made"}, err)
	}
	n, err := b.Ledger.Export(ctx, f, b.Values.Text("base_url"))
	if err == nil {
		err = f.Sync()
	}
	if err2 := f.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "คัดสมุดบันทึกไม่สำเร็จ ไฟล์ที่ได้ไม่ครบ", EN: "The ledger could not be copied; the file is not whole"}, err)
	}
	return s.Print(copyOut{Server: b.Values.Text("base_url"), Lines: n, OK: true}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, s.T("คัดแล้ว %d บรรทัด\n", "%d lines copied\n"), n)
		return err
	})
}

func (s *Shell) checkCopy(name string, check func(r io.Reader) (audit.Copy, error)) error {
	f, err := os.Open(name)
	if err != nil {
		return say.Fail(ExitUsage, say.Text{TH: "เปิดไฟล์สำเนาไม่ได้", EN: "The copy cannot be opened"}, err)
	}
	defer func() { _ = f.Close() }()
	c, err := check(f)
	out := copyOut{Server: c.Server, Made: c.Made, Lines: c.Lines, OK: err == nil}
	var bad *audit.BadCopy
	var broken *audit.Broken
	words := ""
	switch {
	case errors.As(err, &bad):
		out.What, out.Line = bad.What, bad.Line
		words = fmt.Sprintf(s.T("สำเนานี้ใช้เป็นหลักฐานไม่ได้ ไม่ต่อเนื่องที่บรรทัด %d (%s)\n", "This copy proves nothing: it does not hold at line %d (%s)\n"), bad.Line, bad.What)
	case errors.As(err, &broken):
		out.What, out.Chain, out.Seq = broken.What, broken.Chain, broken.Seq
		words = fmt.Sprintf(s.T("สมุดบันทึกของเซิร์ฟเวอร์นี้ถูกแก้ สาย %s บรรทัด %d (%s)\n", "The ledger of this server was changed: chain %s, line %d (%s)\n"), broken.Chain, broken.Seq, broken.What)
	case err != nil:
		return err
	default:
		words = fmt.Sprintf(s.T("ถูกต้องครบ %d บรรทัด ของ %s ณ %s\n", "All %d lines hold; of %s, made at %s\n"), c.Lines, c.Server, c.Made.Format(time.RFC3339))
	}
	if err := s.Print(out, func(w io.Writer) error { _, err := io.WriteString(w, words); return err }); err != nil {
		return err
	}
	if !out.OK {
		return say.Fail(ExitCheck, say.Text{TH: "การตรวจไม่ผ่าน", EN: "The check failed"}, nil)
	}
	return nil
}
