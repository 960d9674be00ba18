package cli

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/doctor"
	"github.com/saphan-network/saphan/node/chassis/say"
)

// with opens the base for one command and closes it afterwards.
func (s *Shell) with(c *cobra.Command, f func(b *Base) error) error {
	b, err := s.Open(c)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	return f(b)
}

func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(subs...)
	return c
}

func (s *Shell) userCommand() *cobra.Command {
	var name string
	var roles []string
	add := &cobra.Command{Use: "add LOGIN", Args: cobra.ExactArgs(1), Short: s.T("เพิ่มคนทำงาน ได้ลิงก์ตั้งรหัสผ่านครั้งเดียว", "Add a person; prints a one-time link for choosing a password"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.known(roles); err != nil {
				return err
			}
			return s.link(c, func(b *Base) (string, error) { return b.Accounts.Add(c.Context(), "system", args[0], name, roles) })
		}}
	add.Flags().StringVar(&name, "name", "", s.T("ชื่อ", "name"))
	add.Flags().StringSliceVar(&roles, "role", nil, strings.Join(s.Program.Roles, ", "))
	list := &cobra.Command{Use: "list", Args: cobra.NoArgs, Short: s.T("รายชื่อคนทำงาน", "List people"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c, func(b *Base) error { return s.listUsers(c, b) })
		}}
	role := &cobra.Command{Use: "role LOGIN ROLE...", Args: cobra.MinimumNArgs(2), Short: s.T("ตั้งหน้าที่ใหม่ทั้งหมด", "Set all roles of a person"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.known(args[1:]); err != nil {
				return err
			}
			return s.person(c, args[0], func(b *Base, id string) error { return b.Accounts.SetRoles(c.Context(), "system", id, args[1:]) })
		}}
	disable := &cobra.Command{Use: "disable LOGIN", Args: cobra.ExactArgs(1), Short: s.T("ปิดบัญชีและตัดการเข้าใช้ทันที", "Disable an account and end its sessions"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.person(c, args[0], func(b *Base, id string) error { return b.Accounts.Disable(c.Context(), "system", id) })
		}}
	reset := &cobra.Command{Use: "reset-link LOGIN", Args: cobra.ExactArgs(1), Short: s.T("ออกลิงก์ตั้งรหัสผ่านใหม่", "Make a one-time link for a new password"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.link(c, func(b *Base) (string, error) {
				u, err := b.Accounts.Find(c.Context(), args[0])
				if err != nil {
					return "", err
				}
				if !u.Active {
					return b.Accounts.Enable(c.Context(), "system", u.ID)
				}
				return b.Accounts.ResetLink(c.Context(), "system", u.ID)
			})
		}}
	users := group("user", s.T("คนทำงานและหน้าที่", "People and their roles"), add, list, role, disable, reset)
	if len(s.Program.Scopes) > 0 {
		users.AddCommand(s.tokenCommand())
	}
	return users
}

func (s *Shell) tokenCommand() *cobra.Command {
	var n account.NewToken
	c := &cobra.Command{Use: "token LOGIN", Args: cobra.ExactArgs(1), Short: s.T("ออกกุญแจให้โปรแกรมทำแทนคนหนึ่ง", "Make a key with which a program acts for a person"),
		RunE: func(c *cobra.Command, args []string) error {
			for _, x := range n.Scopes {
				if !slices.Contains(s.Program.Scopes, x) {
					all := strings.Join(s.Program.Scopes, ", ")
					return say.Fail(ExitUsage, say.Text{TH: "ไม่มีสิทธิ %s เลือกจาก %s", EN: "There is no scope %s; choose from %s"}.With(x, all), nil)
				}
			}
			return s.person(c, args[0], func(b *Base, id string) error {
				secret, err := b.Accounts.GrantToken(c.Context(), "system", id, n)
				if err != nil {
					return err
				}
				return s.Print(map[string]string{"token": secret}, func(w io.Writer) error { _, err := fmt.Fprintln(w, secret); return err })
			})
		}}
	c.Flags().StringVar(&n.Label, "label", "", s.T("ใช้กับโปรแกรมใด", "for which program"))
	c.Flags().StringSliceVar(&n.Scopes, "scope", nil, strings.Join(s.Program.Scopes, ", "))
	c.Flags().IntVar(&n.Days, "days", 30, s.T("ใช้ได้กี่วัน", "for how many days"))
	return c
}

func (s *Shell) known(roles []string) error {
	for _, r := range roles {
		if !slices.Contains(s.Program.Roles, r) {
			all := strings.Join(s.Program.Roles, ", ")
			return say.Fail(ExitUsage, say.Text{TH: "ไม่มีหน้าที่ %s เลือกจาก %s", EN: "There is no role %s; choose from %s"}.With(r, all), nil)
		}
	}
	return nil
}

func (s *Shell) person(c *cobra.Command, login string, f func(b *Base, id string) error) error {
	return s.with(c, func(b *Base) error {
		u, err := b.Accounts.Find(c.Context(), login)
		if err != nil {
			return err
		}
		return f(b, u.ID)
	})
}

func (s *Shell) link(c *cobra.Command, f func(b *Base) (string, error)) error {
	return s.with(c, func(b *Base) error {
		token, err := f(b)
		if err != nil {
			return err
		}
		link := b.Values.Text("base_url") + s.Program.LinkPath + token
		return s.Print(map[string]string{"link": link}, func(w io.Writer) error { _, err := fmt.Fprintln(w, link); return err })
	})
}

func (s *Shell) listUsers(c *cobra.Command, b *Base) error {
	users, err := b.Accounts.List(c.Context())
	if err != nil {
		return err
	}
	type line struct {
		Login  string   `json:"login"`
		Name   string   `json:"name"`
		Roles  []string `json:"roles"`
		Active bool     `json:"active"`
	}
	out := make([]line, len(users))
	for i, u := range users {
		out[i] = line{u.Login, u.Name, u.Roles, u.Active}
	}
	return s.Print(out, func(w io.Writer) error {
		for _, u := range out {
			state := s.T("ใช้งาน", "active")
			if !u.Active {
				state = s.T("ปิด", "disabled")
			}
			if _, err := fmt.Fprintf(w, "%-20s %-10s %-30s %s\n", u.Login, state, strings.Join(u.Roles, ","), u.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Shell) migrateCommand() *cobra.Command {
	show := func(withSQL bool) func(c *cobra.Command, _ []string) error {
		return func(c *cobra.Command, _ []string) error {
			return s.with(c, func(b *Base) error { return s.plan(c, b, withSQL) })
		}
	}
	up := &cobra.Command{Use: "up", Args: cobra.NoArgs, Short: s.T("ปรับโครงสร้างฐานข้อมูล (สำรองข้อมูลก่อน)", "Apply what is waiting (back up first)"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c, func(b *Base) error {
				n, err := b.DB.Migrate(c.Context(), s.Program.Sets...)
				if err != nil {
					return say.Fail(ExitFailed, say.Text{TH: "ปรับโครงสร้างไม่สำเร็จ ทำไปแล้ว %d ขั้น", EN: "Migrating failed after %d steps"}.With(n), err)
				}
				return s.Print(map[string]int{"applied": n}, func(w io.Writer) error {
					_, err := fmt.Fprintf(w, s.T("ปรับแล้ว %d ขั้น\n", "%d steps applied\n"), n)
					return err
				})
			})
		}}
	return group("migrate", s.T("โครงสร้างฐานข้อมูล", "The database's migrations"), up,
		&cobra.Command{Use: "status", Args: cobra.NoArgs, Short: s.T("แสดงสิ่งที่ทำแล้วและที่รออยู่", "Show what is applied and what is waiting"), RunE: show(false)},
		&cobra.Command{Use: "plan", Args: cobra.NoArgs, Short: s.T("แสดงคำสั่ง SQL ที่รออยู่", "Show the SQL that is waiting"), RunE: show(true)})
}

func (s *Shell) plan(c *cobra.Command, b *Base, withSQL bool) error {
	steps, err := b.DB.Plan(c.Context(), s.Program.Sets...)
	if err != nil {
		return say.Fail(ExitCheck, say.Text{TH: "ฐานข้อมูลไม่ตรงกับโปรแกรม", EN: "The database does not fit the program"}, err)
	}
	type line struct {
		Set     string `json:"set"`
		File    string `json:"file"`
		Applied bool   `json:"applied"`
		SQL     string `json:"sql,omitempty"`
	}
	out := []line{}
	for _, st := range steps {
		l := line{Set: st.Set, File: st.File, Applied: st.Applied}
		if withSQL {
			if st.Applied {
				continue
			}
			l.SQL = st.SQL
		}
		out = append(out, l)
	}
	return s.Print(out, func(w io.Writer) error {
		for _, l := range out {
			mark := s.T("รอ", "waiting")
			if l.Applied {
				mark = s.T("แล้ว", "applied")
			}
			if _, err := fmt.Fprintf(w, "%-8s %s/%s\n%s", mark, l.Set, l.File, l.SQL); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Shell) doctorCommand() *cobra.Command {
	return &cobra.Command{Use: "doctor", Args: cobra.NoArgs, Short: s.T("ตรวจสุขภาพเซิร์ฟเวอร์ บอกวิธีแก้", "Look the server over and say what to do"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c, func(b *Base) error { return s.examine(c, b) })
		}}
}

func (s *Shell) examine(c *cobra.Command, b *Base) error {
	checks := []doctor.Check{
		doctor.KeyFiles(Keys(b.Values)...), doctor.Promises(b.DB), doctor.Migrations(b.DB, s.Program.Sets...), doctor.Collation(b.DB),
		doctor.Ledger(b.Ledger.Verify), doctor.Clock(s.Now, s.lastLine(c, b)), doctor.Disk(b.Values.Text("data_dir")),
		doctor.Backups(b.Values.Text("backup.dir"), s.Now),
	}
	checks = append(checks, s.networkChecks(b)...)
	if s.Program.Checks != nil {
		checks = append(checks, s.Program.Checks(b)...)
	}
	findings, healthy := doctor.Examine(c.Context(), checks, s.Lang)
	err := s.Print(findings, func(w io.Writer) error {
		for _, f := range findings {
			if _, err := fmt.Fprintf(w, "%-8s %s\n", f.State, f.Title); err != nil {
				return err
			}
			if f.What != "" {
				if _, err := fmt.Fprintf(w, "         %s\n", f.What); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && !healthy {
		err = say.Fail(ExitCheck, say.Text{TH: "มีการตรวจที่ไม่ผ่าน", EN: "Some checks failed"}, nil)
	}
	return err
}

// lastLine is when the newest line of the ledger was written; the clock cannot be before it.
func (s *Shell) lastLine(c *cobra.Command, b *Base) time.Time {
	lines, err := b.Ledger.List(c.Context(), audit.Filter{Limit: 1})
	if err != nil || len(lines) == 0 {
		return time.Time{}
	}
	return lines[0].At
}

func (s *Shell) configCommand() *cobra.Command {
	show := &cobra.Command{Use: "print", Args: cobra.NoArgs, Short: s.T("แสดงการตั้งค่าทั้งหมดและที่มา ไม่แสดงความลับ", "Show all settings and their sources, without secrets"),
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := s.Values(c)
			if err != nil {
				return err
			}
			return v.Print(s.Out, s.json)
		}}
	show.Flags().Bool("redact", true, s.T("ไม่แสดงความลับ (เป็นเช่นนี้เสมอ)", "hide secrets (always so)"))
	return group("config", s.T("การตั้งค่า", "Settings"), show)
}

func (s *Shell) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Args: cobra.NoArgs, Short: s.T("รุ่นของโปรแกรม", "The program's version"),
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"program": s.Program.Spec.Program, "version": s.Program.Version, "go": runtime.Version()}
			return s.Print(v, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s %s (%s)\n", v["program"], v["version"], v["go"])
				return err
			})
		}}
}

func sqlitePath(v config.Values) string {
	return strings.TrimPrefix(strings.TrimPrefix(v.Text("database.url"), "sqlite:"), "//")
}
