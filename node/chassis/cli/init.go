package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/chassis/vault"
)

type initResult struct {
	Config         string `json:"config"`
	Link           string `json:"link"` // the first administrator's, once and for 72 hours
	BackupIdentity string `json:"backup_identity,omitempty"`
}

func (s *Shell) initCommand() *cobra.Command {
	var login, name string
	c := &cobra.Command{Use: "init", Args: cobra.NoArgs,
		Short: s.T("ติดตั้งครั้งแรก: ไฟล์ตั้งค่า กุญแจ ฐานข้อมูล ลิงก์ของผู้ดูแลคนแรก", "Set up: configuration, keys, database, the first administrator's link"),
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := s.Values(c)
			if err != nil {
				return err
			}
			if v.Text("base_url") == "" {
				return say.Fail(ExitUsage, say.Text{TH: "ต้องระบุ --base-url เช่น https://clinic.example.org", EN: "--base-url is needed, such as https://clinic.example.org"}, nil)
			}
			res, err := s.setUp(c.Context(), v, login, name)
			if err != nil {
				return err
			}
			return s.Print(res, func(w io.Writer) error { return s.tellInit(w, res) })
		}}
	c.Flags().StringVar(&login, "admin", "admin", s.T("ชื่อผู้ใช้ของผู้ดูแลคนแรก", "the first administrator's login"))
	c.Flags().StringVar(&name, "admin-name", "ผู้ดูแลระบบ", s.T("ชื่อของผู้ดูแลคนแรก", "the first administrator's name"))
	return c
}

func (s *Shell) tellInit(w io.Writer, r initResult) error {
	_, err := fmt.Fprintf(w, "%s\n  %s\n%s\n  %s\n", s.T("ไฟล์ตั้งค่า:", "Configuration:"), r.Config,
		s.T("ลิงก์ของผู้ดูแลคนแรก (ใช้ได้ครั้งเดียว ภายใน 72 ชั่วโมง หลังสั่ง serve):", "The first administrator's link (works once, within 72 hours, after serve is running):"), r.Link)
	if err != nil || r.BackupIdentity == "" {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n  %s\n", s.T("กุญแจเปิดไฟล์สำรอง ย้ายออกจากเครื่องนี้ไปเก็บที่ปลอดภัย ไม่มีกุญแจนี้กู้ข้อมูลไม่ได้:",
		"The key that opens backups: move it off this machine to a safe place; without it nothing can be restored:"), r.BackupIdentity)
	return err
}

// setUp makes everything or nothing: what it has made goes when a step fails.
func (s *Shell) setUp(ctx context.Context, v config.Values, login, name string) (res initResult, err error) {
	file := s.configFile()
	paths := append([]string{file}, Keys(v)...)
	if v.SQLite() {
		paths = append(paths, sqlitePath(v))
	}
	for _, p := range paths {
		if _, err := os.Stat(p); err == nil {
			return res, say.Fail(ExitConflict, say.Text{TH: "มี %s อยู่แล้ว จะไม่เขียนทับ", EN: "%s is already there and will not be overwritten"}.With(p), nil)
		}
	}
	release, err := lock(v)
	if err != nil {
		return res, err
	}
	defer release()
	var made []string
	defer func() {
		if err != nil {
			for _, p := range made {
				_ = os.Remove(p)
			}
		}
	}()
	for _, p := range Keys(v) {
		made = append(made, p)
		if _, err := vault.LoadOrCreateKey(p); err != nil {
			return res, say.Fail(ExitFailed, say.Text{TH: "สร้างไฟล์กุญแจไม่ได้", EN: "The key file cannot be made"}, err)
		}
	}
	if v.SQLite() {
		made = append(made, sqlitePath(v), sqlitePath(v)+"-wal", sqlitePath(v)+"-shm")
	}
	token, err := s.firstPerson(ctx, v, login, name)
	if err != nil {
		return res, err
	}
	if v.Text("backup.recipient") == "" {
		res.BackupIdentity = filepath.Join(v.Text("data_dir"), "backup-identity.txt")
		made = append(made, res.BackupIdentity)
		if v, err = newIdentity(v, res.BackupIdentity); err != nil {
			return res, err
		}
	}
	made = append(made, file)
	if err := writeNew(file, v.TOML()); err != nil {
		return res, err
	}
	res.Config, res.Link = file, v.Text("base_url")+s.Program.LinkPath+token
	return res, nil
}

// firstPerson migrates the database and adds the first administrator. A
// database that has people already is ExitConflict.
func (s *Shell) firstPerson(ctx context.Context, v config.Values, login, name string) (token string, err error) {
	db, err := OpenDatabase(ctx, v)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Check(ctx); err != nil {
		return "", say.Fail(ExitCheck, say.Text{TH: "ฐานข้อมูลตั้งค่าไม่ปลอดภัย", EN: "The database is not set up safely"}, err)
	}
	if _, err := db.Migrate(ctx, s.Program.Sets...); err != nil {
		return "", say.Fail(ExitFailed, say.Text{TH: "สร้างตารางไม่ได้", EN: "The tables cannot be made"}, err)
	}
	b := s.base(v, db)
	empty, err := b.Accounts.Empty(ctx)
	if err != nil {
		return "", err
	}
	if !empty {
		return "", say.Fail(ExitConflict, say.Text{TH: "ฐานข้อมูลนี้มีผู้ใช้อยู่แล้ว", EN: "This database has people already"}, nil)
	}
	return b.Accounts.Add(ctx, "system", login, name, []string{s.Program.Admin})
}

func newIdentity(v config.Values, path string) (config.Values, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return v, fmt.Errorf("cli: backup key: %w", err)
	}
	if err := writeNew(path, "# "+id.Recipient().String()+"\n"+id.String()+"\n"); err != nil {
		return v, err
	}
	return v.Fill("backup.recipient", id.Recipient().String()), nil
}

func writeNew(path, body string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "สร้างโฟลเดอร์ไม่ได้", EN: "The folder cannot be made"}, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator's path
	if err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "เขียนไฟล์ %s ไม่ได้", EN: "The file %s cannot be written"}.With(path), err)
	}
	_, err = f.WriteString(body)
	return errors.Join(err, f.Sync(), f.Close())
}
