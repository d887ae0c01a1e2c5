package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is whom the server runs as. Postgres refuses to run as root.
type account struct {
	name     string
	uid, gid uint32
	other    bool // differs from the account of this process
}

// chooseAccount is ourselves, or for root the owner of existing data, the
// user postgres, or nobody.
func (config Config) chooseAccount() (account, error) {
	if config.account != nil {
		return *config.account, nil
	}
	if os.Geteuid() != 0 {
		return account{name: "self", uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	if owner, ok := config.owner(); ok {
		return owner, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := lookup(name); err == nil {
			return found, nil
		}
	}
	return account{}, errors.New("postgres cannot run as root and there is no user postgres or nobody to run it as: start Tocsin as another user or set DATABASE_URL")
}

// owner is who owns the data of an earlier start, wherever that put it. The
// server must run as the same account again.
func (config Config) owner() (account, bool) {
	if config.Dir == "" {
		return account{}, false
	}
	for _, dir := range []string{config.Dir, elsewhere(config.Dir)} {
		info, err := os.Stat(place{dir: dir}.data())
		if err != nil {
			continue
		}
		if stat := info.Sys().(*syscall.Stat_t); stat.Uid != 0 {
			return account{name: "uid " + strconv.Itoa(int(stat.Uid)), uid: stat.Uid, gid: stat.Gid, other: true}, true
		}
	}
	return account{}, false
}

func lookup(name string) (account, error) {
	found, err := user.Lookup(name)
	if err != nil {
		return account{}, err
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return account{}, err
	}
	return account{name: name, uid: uint32(uid), gid: uint32(gid), other: true}, nil
}

// mayEnter reports whether the account may pass through dir and every folder
// above it. Folders that do not exist yet will be made passable.
func (a account) mayEnter(dir string) bool {
	if !a.other {
		return true
	}
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil && !a.mayPass(info) {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

func (a account) mayPass(info os.FileInfo) bool {
	stat := info.Sys().(*syscall.Stat_t)
	switch {
	case stat.Uid == a.uid:
		return info.Mode()&0o100 != 0
	case stat.Gid == a.gid:
		return info.Mode()&0o010 != 0
	}
	return info.Mode()&0o001 != 0
}

// makePrivate makes dir a folder that the account alone may enter. A folder
// of somebody else is refused: its owner could swap the socket.
func (a account) makePrivate(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("the folder %s cannot be made: %w", dir, err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("the folder %s cannot be made: %w", dir, err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("the folder %s cannot be read: %w", dir, err)
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	if !info.IsDir() || (owner != a.uid && owner != uint32(os.Geteuid())) {
		return fmt.Errorf("%s belongs to somebody else or is no folder: remove it or choose another data folder", dir)
	}
	if a.other {
		if err := os.Lchown(dir, int(a.uid), int(a.gid)); err != nil {
			return fmt.Errorf("the folder %s cannot be given to %s: %w", dir, a.name, err)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("the folder %s cannot be closed to others: %w", dir, err)
	}
	return nil
}

// command runs a program as the cluster's account, away from the terminal's
// signals and from our environment, which holds secrets.
func (c *Cluster) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = c.place.dir
	cmd.Env = []string{"HOME=" + c.place.dir, "LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	for _, name := range []string{"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.account.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: c.account.uid, Gid: c.account.gid}
	}
	return cmd
}
