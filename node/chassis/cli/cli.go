// Package cli builds the command line that hub and node share: init, serve,
// migrate, user, backup, doctor, config, policy, redact, version, and, where the
// program has a mailbox, fed and peer. Results go to standard output, everything
// else to standard error, in Thai or English as LANG says.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/doctor"
	"github.com/saphan-network/saphan/node/chassis/say"
)

// Exit codes of all commands.
const (
	ExitOK       = 0
	ExitFailed   = 1
	ExitUsage    = 2
	ExitPartial  = 3  // done for some, not for all
	ExitCheck    = 4  // a check failed, or a policy or right said no
	ExitConflict = 5  // it is there already, or has moved on
	ExitNoInit   = 10 // init has not been run
	ExitRunning  = 11 // another process has this data folder
)

// Server is a started server.
type Server interface {
	Handler() http.Handler
	Run(ctx context.Context) error // background work; returns when ctx ends
	Close() error
}

// Program is what a server brings along.
type Program struct {
	Spec     config.Spec
	Version  string
	Sets     []database.Set // all migrations, in order
	Roles    []string       // what user add and user role accept
	Scopes   []string       // what user token accepts; none: the server has no API
	Admin    string         // the role of the first person
	Actor    string         // path of the server's actor: "/ap/org", "/ap/network"
	LinkPath string         // where a one-time link is redeemed: "/link/" goes before the token
	// Start puts the server together; its database is migrated.
	Start func(ctx context.Context, v config.Values, log *slog.Logger) (Server, error)
	// Checks, if not nil, adds to what doctor looks at.
	Checks func(b *Base) []doctor.Check
	// Commands, if not nil, adds commands of this program alone (import).
	Commands func(s *Shell) []*cobra.Command
}

// Shell is the surroundings of a command.
type Shell struct {
	Program Program
	In      io.Reader // nil: the process's standard input
	Out     io.Writer
	Err     io.Writer
	Lang    string // "th" or "en"
	Env     []string
	Now     func() time.Time

	flags map[string]*string
	file  string
	json  bool
}

// Main runs the program with the process's arguments and surroundings and
// returns the exit code.
func Main(ctx context.Context, p Program) int {
	s := &Shell{Program: p, Out: os.Stdout, Err: os.Stderr, Lang: say.Lang(os.Getenv), Env: os.Environ(), Now: time.Now}
	return s.Execute(ctx, os.Args[1:])
}

// Execute runs one command line and returns the exit code.
func (s *Shell) Execute(ctx context.Context, args []string) int {
	root := s.root()
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitOK
	}
	_, _ = fmt.Fprintf(s.Err, "%s: %s\n", s.Program.Spec.Program, s.explain(err))
	return code(err)
}

// JSON reports whether --json was given.
func (s *Shell) JSON() bool { return s.json }

// T is the text in the shell's language.
func (s *Shell) T(th, en string) string { return say.Text{TH: th, EN: en}.In(s.Lang) }

// Print writes a result: v as JSON with --json, otherwise what text writes.
func (s *Shell) Print(v any, text func(w io.Writer) error) error {
	if !s.json {
		return text(s.Out)
	}
	e := json.NewEncoder(s.Out)
	e.SetEscapeHTML(false) // rules are full of > and &
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (s *Shell) root() *cobra.Command {
	root := &cobra.Command{Use: s.Program.Spec.Program, SilenceErrors: true, SilenceUsage: true,
		Short: s.T("สะพาน: เครือข่ายคลินิกกฎหมาย", "Saphan: a network of legal clinics"),
		Args:  cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.CompletionOptions.HiddenDefaultCmd = true
	f := root.PersistentFlags()
	f.StringVar(&s.file, "config", "", s.T("ไฟล์ตั้งค่า", "configuration file")+" ("+s.Program.Spec.Prefix+"CONFIG)")
	f.BoolVar(&s.json, "json", false, s.T("แสดงผลเป็น JSON", "print results as JSON"))
	s.flags = map[string]*string{}
	for _, x := range s.Program.Spec.Settings {
		s.flags[x.Name] = f.String(s.Program.Spec.Flag(x), "", x.Help.In(s.Lang))
	}
	root.AddCommand(s.initCommand(), s.serveCommand(), s.migrateCommand(), s.userCommand(), s.backupCommand(),
		s.doctorCommand(), s.ledgerCommand(), s.configCommand(), s.policyCommand(), s.redactCommand(), s.versionCommand())
	if s.hasMailbox() {
		root.AddCommand(s.fedCommand(), s.peerCommand(), s.keyCommand())
	}
	if s.Program.Commands != nil {
		root.AddCommand(s.Program.Commands(s)...)
	}
	wrapArgs(root)
	return root
}

// wrapArgs makes cobra's complaints about arguments usage errors.
func wrapArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage(err)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

func usage(err error) error {
	return say.Fail(ExitUsage, say.Text{TH: "สั่งไม่ถูกต้อง ดูวิธีใช้ด้วย --help", EN: "This command line is not right; see --help"}, err)
}

// Values reads the settings for a command.
func (s *Shell) Values(c *cobra.Command) (config.Values, error) {
	in := config.Inputs{Env: s.Env, Flags: map[string]string{}, File: s.configFile()}
	for _, x := range s.Program.Spec.Settings {
		if c.Flags().Changed(s.Program.Spec.Flag(x)) {
			in.Flags[x.Name] = *s.flags[x.Name]
		}
	}
	if s.file == "" && s.getenv(s.Program.Spec.Prefix+"CONFIG") == "" {
		if _, err := os.Stat(in.File); err != nil {
			in.File = "" // all settings may come from the environment
		}
	}
	return s.Program.Spec.Load(in)
}

// configFile is where the configuration is or is to be written.
func (s *Shell) configFile() string {
	if s.file != "" {
		return s.file
	}
	if f := s.getenv(s.Program.Spec.Prefix + "CONFIG"); f != "" {
		return f
	}
	dir := *s.flags["data_dir"]
	for _, x := range s.Program.Spec.Settings {
		if x.Name != "data_dir" {
			continue
		}
		if dir == "" {
			dir = s.getenv(s.Program.Spec.Env(x))
		}
		if dir == "" {
			dir = x.Default
		}
	}
	return filepath.Join(dir, "config.toml")
}

func (s *Shell) getenv(name string) string {
	for _, e := range s.Env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}

// code is the exit code for an error.
func code(err error) int {
	var e *say.Error
	if errors.As(err, &e) && e.Code != 0 {
		return e.Code
	}
	switch fault.KindOf(err) {
	case fault.Conflict:
		return ExitConflict
	case fault.Invalid, fault.TooLarge, fault.MediaType:
		return ExitUsage
	case fault.Forbidden, fault.Denied:
		return ExitCheck
	default:
		if strings.HasPrefix(err.Error(), "unknown command") {
			return ExitUsage
		}
		return ExitFailed
	}
}

func (s *Shell) explain(err error) string {
	var e *say.Error
	if errors.As(err, &e) {
		return say.Explain(err, s.Lang)
	}
	var f *fault.Error
	if errors.As(err, &f) {
		keys := []string{f.Key}
		for _, x := range f.Fields {
			keys = append(keys, x.Key)
		}
		var parts []string
		for _, k := range keys {
			if t, ok := faults()[k]; ok {
				parts = append(parts, t.In(s.Lang))
			}
		}
		if len(parts) > 0 {
			return strings.Join(parts, "; ")
		}
	}
	return err.Error()
}

// faults holds the words for what the chassis may answer to a command.
func faults() map[string]say.Text {
	return map[string]say.Text{
		"account.login.taken":    {TH: "มีคนใช้ชื่อผู้ใช้นี้แล้ว", EN: "Somebody has this user name already"},
		"account.login.invalid":  {TH: "ชื่อผู้ใช้เว้นวรรคไม่ได้ และยาวไม่เกิน 100 ตัว", EN: "A user name has no spaces and at most 100 characters"},
		"account.name.invalid":   {TH: "ต้องระบุชื่อด้วย --name", EN: "A name is needed: --name"},
		"account.roles.invalid":  {TH: "ต้องระบุหน้าที่อย่างน้อยหนึ่งอย่าง", EN: "At least one role is needed"},
		"account.last_admin":     {TH: "ต้องเหลือผู้ดูแลอย่างน้อยหนึ่งคน", EN: "At least one administrator must remain"},
		"error.mailbox.not_open": {TH: "ข้อความนี้ส่งไปแล้ว เลิกส่งแล้ว หรือกำลังส่งอยู่", EN: "This message has been sent or given up, or is just being sent"},
		"error.key.under_way":    {TH: "กำลังเปลี่ยนกุญแจอยู่แล้ว ดูด้วย key list", EN: "The key is being changed already; see key list"},
		"error.key.overlap":      {TH: "กุญแจเดิมยังไม่หมดอายุ เปลี่ยนอีกครั้งได้เมื่อหมดอายุแล้ว", EN: "The key before this one still holds; the key can be changed again when that has ended"},
		"error.key.no_member":    {TH: "เปลี่ยนกุญแจได้เฉพาะเซิร์ฟเวอร์ของสมาชิกที่อยู่ในรายชื่อ", EN: "Only the server of an active member can change its key"},
		"error.not_found":        {TH: "ไม่พบ", EN: "There is no such thing"},
	}
}
