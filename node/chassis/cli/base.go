package cli

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/chassis/vault"
)

// Base is what commands stand on: the settings and the open database.
type Base struct {
	Values   config.Values
	DB       *database.DB
	Ledger   *audit.Log
	Accounts *account.Service
}

// Close closes the database.
func (b *Base) Close() error { return b.DB.Close() }

// Keys lists the key files that the settings name and the database needs.
func Keys(v config.Values) []string {
	keys := []string{v.Text("vault.key_file")}
	if f := v.Text("database.key_file"); v.SQLite() && f != "" {
		keys = append(keys, f)
	}
	return keys
}

// Open opens what init has made. A server that is not there is ExitNoInit.
func (s *Shell) Open(c *cobra.Command) (*Base, error) {
	v, err := s.Values(c)
	if err != nil {
		return nil, err
	}
	return s.openAt(c.Context(), v)
}

func (s *Shell) openAt(ctx context.Context, v config.Values) (*Base, error) {
	if err := setUpHere(v); err != nil {
		return nil, err
	}
	for _, k := range Keys(v) {
		if _, err := vault.LoadOrCreateKey(k); err != nil {
			return nil, say.Fail(ExitFailed, say.Text{TH: "ใช้ไฟล์กุญแจ %s ไม่ได้ ต้องมีสิทธิ์ 0600", EN: "The key file %s cannot be used; its mode must be 0600"}.With(k), err)
		}
	}
	db, err := OpenDatabase(ctx, v)
	if err != nil {
		return nil, err
	}
	return s.base(v, db), nil
}

// setUpHere says whether init has been run.
func setUpHere(v config.Values) error {
	for _, k := range Keys(v) {
		if _, err := os.Stat(k); errors.Is(err, fs.ErrNotExist) {
			return say.Fail(ExitNoInit, say.Text{TH: "ยังไม่ได้ติดตั้ง (ไม่พบ %s) ให้สั่ง init ก่อน", EN: "Nothing is set up here (no %s); run init first"}.With(k), nil)
		}
	}
	return nil
}

func (s *Shell) base(v config.Values, db *database.DB) *Base {
	ledger := audit.New(db, s.Now)
	return &Base{Values: v, DB: db, Ledger: ledger, Accounts: account.New(db, s.Now, account.Options{Recorder: ledger, Admin: s.Program.Admin})}
}

// OpenDatabase opens the database that the settings name, with its key.
func OpenDatabase(ctx context.Context, v config.Values) (*database.DB, error) {
	cfg := database.Config{URL: v.Text("database.url")}
	if f := v.Text("database.key_file"); v.SQLite() && f != "" {
		key, err := vault.LoadOrCreateKey(f)
		if err != nil {
			return nil, err
		}
		cfg.Key = key
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return nil, say.Fail(ExitFailed, say.Text{TH: "เปิดฐานข้อมูลไม่ได้ ตรวจที่อยู่ รหัสผ่าน และไฟล์กุญแจ",
			EN: "The database cannot be opened; check its address, its password and the key file"}, err)
	}
	return db, nil
}

// lock takes the data folder for this process until the returned function is
// called. Another holder is ExitRunning.
func lock(v config.Values) (release func(), err error) {
	path := filepath.Join(v.Text("data_dir"), "serve.lock")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, say.Fail(ExitFailed, say.Text{TH: "สร้างโฟลเดอร์ข้อมูลไม่ได้", EN: "The data folder cannot be made"}, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator's folder
	if err != nil {
		return nil, say.Fail(ExitFailed, say.Text{TH: "เขียนในโฟลเดอร์ข้อมูลไม่ได้", EN: "The data folder cannot be written to"}, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, say.Fail(ExitRunning, say.Text{TH: "เซิร์ฟเวอร์อื่นกำลังใช้โฟลเดอร์ข้อมูล %s อยู่", EN: "Another process is using the data folder %s"}.With(v.Text("data_dir")), nil)
	}
	return func() { _ = f.Close() }, nil
}

// logger writes to the shell's standard error.
func (s *Shell) logger(v config.Values) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(v.Text("log.level"))) // one of the declared choices
	opt := &slog.HandlerOptions{Level: level}
	if v.Text("log.format") == "text" {
		return slog.New(slog.NewTextHandler(s.Err, opt))
	}
	return slog.New(slog.NewJSONHandler(s.Err, opt))
}
