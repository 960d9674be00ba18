// Package command holds the operator's commands that only a member's node has:
// import and join. What both servers have is in chassis/cli.
package command

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/node/internal/exchange/importing"
	"github.com/saphan-network/saphan/web/locale"
)

// Office is the node that commands work in.
type Office struct {
	Accounts *account.Service
	Register *register.Service
	Network  Network
	Rules    Rules
	Ledger   clinic.Recorder
	Close    func() error
}

// Open puts the node together without serving it.
type Open func(ctx context.Context, v config.Values) (*Office, error)

// Commands returns the commands, for cli.Program.
func Commands(open Open) func(s *cli.Shell) []*cobra.Command {
	return func(s *cli.Shell) []*cobra.Command {
		return []*cobra.Command{importCommand(s, open), joinCommand(s, open), rulesCommand(s, open)}
	}
}

func importCommand(s *cli.Shell, open Open) *cobra.Command {
	var dry bool
	var as string
	c := &cobra.Command{Use: "import FILE", Args: cobra.ExactArgs(1),
		Short: s.T("นำเข้าทะเบียนเดิม (xlsx, csv) ลองอ่านก่อนด้วย --dry-run", "Take a register in (xlsx, csv); --dry-run only says what would be done"),
		RunE: func(c *cobra.Command, args []string) error {
			words, err := locale.Load()
			if err != nil {
				return err
			}
			o := importing.Options{File: args[0], DryRun: dry, JSON: s.JSON(), Now: s.Now, Say: words.Speaker(s.Lang).Say}
			if dry {
				_, err := importing.Import(c.Context(), o, s.Out)
				return inWords(words, err)
			}
			if as == "" {
				return say.Fail(cli.ExitUsage, say.Text{TH: "ต้องระบุ --as ชื่อผู้ใช้ของหัวหน้างานที่นำเข้า หรือ --dry-run",
					EN: "--as is needed: the user name of the supervisor who imports; or --dry-run"}, nil)
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
			r, err := take(c.Context(), office, o, as, s.Out)
			if err != nil {
				return inWords(words, err)
			}
			return left(r, v.Text("base_url"))
		}}
	c.Flags().BoolVar(&dry, "dry-run", false, s.T("บอกว่าจะทำอะไรกับแต่ละแถว ไม่บันทึก ไม่ต้องติดตั้งก่อน", "say what would be done with each row; saves nothing, needs no server"))
	c.Flags().StringVar(&as, "as", "", s.T("ชื่อผู้ใช้ของหัวหน้างานที่นำเข้า", "user name of the supervisor who imports"))
	return c
}

// take imports as the person with the login. The ledger says before anything
// else that somebody at the machine began it in that person's name.
func take(ctx context.Context, office *Office, o importing.Options, login string, out io.Writer) (importing.Result, error) {
	u, err := office.Accounts.Find(ctx, login)
	if fault.Is(err, fault.NotFound) {
		return importing.Result{}, say.Fail(cli.ExitFailed, say.Text{TH: "ไม่มีผู้ใช้ชื่อนี้ ดูรายชื่อด้วย user list", EN: "There is no person with this user name; see user list"}, nil)
	}
	if err != nil {
		return importing.Result{}, err
	}
	if err := office.Ledger.Record(ctx, clinic.System, "command.import", clinic.Object{Type: "register"}, "begun", map[string]string{"as": u.ID}); err != nil {
		return importing.Result{}, err
	}
	o.Service, o.Actor = office.Register, u.Actor()
	r, err := importing.Import(ctx, o, out)
	switch {
	case fault.Is(err, fault.Forbidden):
		return r, say.Fail(cli.ExitCheck, say.Text{TH: "คนนี้ไม่มีสิทธิ์นำเข้า ต้องเป็นหัวหน้างานที่บัญชียังเปิดอยู่", EN: "This person may not import; it takes a supervisor whose account is active"}, nil)
	case fault.Is(err, fault.Internal): // not the cause: a database may quote values in it
		return r, say.Fail(cli.ExitFailed, say.Text{TH: "การนำเข้าขัดข้องกลางทาง ที่เข้าแล้วยังอยู่ ตรวจด้วย doctor แล้วสั่งอีกครั้งเพื่อทำต่อ",
			EN: "The import broke off; what is in stays in. Look with doctor, then run it again to go on"}, nil)
	}
	return r, err
}

// left says what a person must still do.
func left(r importing.Result, base string) error {
	switch {
	case r.State != string(register.Done):
		return say.Fail(cli.ExitPartial, say.Text{TH: "การนำเข้าถูกหยุดก่อนจบ สั่งอีกครั้งเพื่อทำต่อ", EN: "The import was stopped before its end; run it again to go on"}, nil)
	case r.Queue > 0:
		return say.Fail(cli.ExitPartial, say.Text{TH: "%d แถวรอคนตัดสินที่ %s", EN: "%d rows wait for a person at %s"}.With(r.Queue, base+"/imports"), nil)
	}
	return nil
}

// inWords says a fault of the importer in the words of the pages, without its
// cause: a cause may quote a cell.
func inWords(words *locale.Bundle, err error) error {
	f := fault.As(err)
	if err == nil || f.Kind == fault.Internal || !words.Speaker(locale.English).Has(f.Key) {
		return err
	}
	var args []any
	for name, value := range f.Args {
		args = append(args, name, value)
	}
	code := cli.ExitFailed
	switch f.Kind {
	case fault.Invalid, fault.TooLarge, fault.MediaType:
		code = cli.ExitUsage
	case fault.Forbidden:
		code = cli.ExitCheck
	case fault.Conflict:
		code = cli.ExitConflict
	default:
	}
	return say.Fail(code, say.Text{TH: words.Speaker(locale.Thai).Say(f.Key, args...), EN: words.Speaker(locale.English).Say(f.Key, args...)}, nil)
}
