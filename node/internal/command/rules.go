package command

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/web/locale"
)

// Rules are the versions of the organisation's own rules, as files.
type Rules interface {
	List(ctx context.Context, who clinic.Actor) (ruleset.Shelf, error)
	Version(ctx context.Context, who clinic.Actor, number int64) (ruleset.Version, error)
	Import(ctx context.Context, who clinic.Actor, note string, file io.Reader) (int64, error)
}

type rulesResult struct {
	Version int64  `json:"version"`
	Rules   int    `json:"rules"`
	State   string `json:"state"`
}

// rulesCommand writes and reads the organisation's own rules as files. Nothing comes into
// force by it: that takes a second person, on the page.
func rulesCommand(s *cli.Shell, open Open) *cobra.Command {
	g := &cobra.Command{Use: "rules", Short: s.T("กฎของหน่วยงานเราเป็นไฟล์", "The organisation's own rules as files"), RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var login, note string
	var number int64
	export := &cobra.Command{Use: "export", Args: cobra.NoArgs, Short: s.T("พิมพ์กฎฉบับหนึ่งเป็นไฟล์ CSV", "Print a version of the rules as a CSV file"),
		RunE: func(c *cobra.Command, _ []string) error {
			return inTheNameOf(c, s, open, login, "command.rules_export", func(o *Office, who clinic.Actor) error {
				if number == 0 {
					shelf, err := o.Rules.List(c.Context(), who)
					if err != nil {
						return err
					}
					number = shelf.Live().Number
				}
				v, err := o.Rules.Version(c.Context(), who, number)
				if err != nil {
					return err
				}
				return ruleset.Write(s.Out, v)
			})
		}}
	export.Flags().Int64Var(&number, "version", 0, s.T("ฉบับที่ (ว่าง: ฉบับที่ใช้อยู่)", "which version (none: the one in force)"))
	load := &cobra.Command{Use: "import FILE", Args: cobra.ExactArgs(1), Short: s.T("ร่างฉบับใหม่จากไฟล์ ให้อีกคนตรวจและใช้บนหน้าเว็บ", "Draft a new version from a file; somebody else puts it into force on the page"),
		RunE: func(c *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return say.Fail(cli.ExitUsage, say.Text{TH: "เปิดไฟล์ไม่ได้", EN: "The file cannot be opened"}, nil)
			}
			defer func() { _ = f.Close() }()
			return inTheNameOf(c, s, open, login, "command.rules_import", func(o *Office, who clinic.Actor) error {
				n, err := o.Rules.Import(c.Context(), who, note, f)
				if err != nil {
					return err
				}
				v, err := o.Rules.Version(c.Context(), who, n)
				if err != nil {
					return err
				}
				out := rulesResult{Version: n, Rules: len(v.Rows), State: string(v.State)}
				return s.Print(out, func(w io.Writer) error {
					_, err := fmt.Fprintln(w, s.T(fmt.Sprintf("ร่างฉบับ %d แล้ว มี %d ข้อ ดูผลและเสนอที่ /policy/rules/%d", n, out.Rules, n), fmt.Sprintf("Version %d is drafted, with %d rules. See what it changes and propose it at /policy/rules/%d", n, out.Rules, n)))
					return err
				})
			})
		}}
	load.Flags().StringVar(&note, "note", "", s.T("เหตุผลของฉบับนี้", "why this version"))
	for _, c := range []*cobra.Command{export, load} {
		c.Flags().StringVar(&login, "as", "", s.T("ทำในนามของใคร", "in whose name"))
		g.AddCommand(c)
	}
	return g
}

// inTheNameOf does something as the person with the login. The ledger says before
// anything else that somebody at the machine began it in that person's name.
func inTheNameOf(c *cobra.Command, s *cli.Shell, open Open, login, act string, f func(o *Office, who clinic.Actor) error) error {
	words, err := locale.Load()
	if err != nil {
		return err
	}
	if login == "" {
		return say.Fail(cli.ExitUsage, say.Text{TH: "ต้องระบุ --as ชื่อผู้ใช้", EN: "--as is needed: a user name"}, nil)
	}
	v, err := s.Ready(c)
	if err != nil {
		return err
	}
	office, err := open(c.Context(), v)
	if err != nil {
		return say.Fail(cli.ExitFailed, say.Text{TH: "เปิดฐานข้อมูลไม่ได้", EN: "The node cannot be opened"}, err)
	}
	defer func() { _ = office.Close() }()
	u, err := office.Accounts.Find(c.Context(), login)
	if fault.Is(err, fault.NotFound) {
		return say.Fail(cli.ExitFailed, say.Text{TH: "ไม่มีผู้ใช้ชื่อนี้ ดูรายชื่อด้วย user list", EN: "There is no person with this user name; see user list"}, nil)
	}
	if err != nil {
		return err
	}
	if err := office.Ledger.Record(c.Context(), clinic.System, act, clinic.Object{Type: "policy"}, "begun", map[string]string{"as": u.ID}); err != nil {
		return err
	}
	return inWords(words, f(office, u.Actor()))
}
