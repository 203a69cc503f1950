#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Drives the client through a terminal. Waits for what has to appear; never sleeps."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

XIPSEC = os.path.abspath(sys.argv[1])
PATIENCE = 20		# seconds that a slow machine may take for what takes none


# --- a daemon ------------------------------------------------------------------

class Daemon:
    """Answers as xipsecd does, from a few canned replies, and keeps what it was asked."""

    MODES = (("crypto map ", "crypto map", "(config-crypto-map)"),
             ("interface ", "interface", "(config-if)"),
             ("crypto isakmp policy ", "ISAKMP policy", "(config-isakmp)"),
             ("key-string", "key string", "(config-pubkey)"))

    def __init__(self, rundir):
        self.requests, self.hostname, self.denied, self.keys = [], "Router", False, {}
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(rundir + "/control.sock")
        self.sock.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            conn, _ = self.sock.accept()
            line = conn.makefile("rb").readline()
            if line:				# else the client was ended by the test
                reply = self.answer(json.loads(line))
                self.requests.append(json.loads(line))
                conn.sendall(json.dumps(reply).encode() + b"\n")
            conn.close()

    def configured(self):
        return [l for r in self.requests if "configure" in r for l in r["configure"]["lines"]]

    def commands(self):
        return [r["command"] for r in self.requests if "command" in r]

    def answer(self, request):
        if "configure" in request:
            return self.configure(**request["configure"])
        command = request["command"]
        if command == "show version":
            return self.ok({"version": "1", "abi": 1, "hostname": self.hostname,
                            "kernel-release": "6.1", "machine": "x", "uptime-seconds": 5})
        if command == "enable":
            return self.refuse("permission denied: root may") if self.denied else self.ok({})
        if command == "show logging":
            lines = [{"time-ms": i * 1000, "text": "line %d" % i} for i in range(40)]
            return self.ok({"messages": 40, "rate-limited": 0, "clock-synchronised": True,
                            "lines": lines})
        if command.startswith("show crypto ipsec sa"):
            return self.ok({"truncated": False, "flows": []})
        return self.refuse("not available: not built yet")

    @staticmethod
    def ok(result):
        return {"ok": True, "result": result}

    @staticmethod
    def refuse(text, **more):
        return dict({"ok": False, "error": text}, **more)

    def configure(self, context, lines, answers=None):
        said, at = [], list(context)
        for l in lines:
            if l.startswith("key config-key") and not answers:
                return self.refuse("answers are missing", ask=[
                    {"name": "new-key", "prompt": "New key:", "hidden": True},
                    {"name": "confirm-key", "prompt": "Confirm key:", "hidden": True}])
            if l.startswith("no key config-key") and not answers:
                return self.refuse("answers are missing", ask=[
                    {"name": "delete", "prompt": "Continue ? [yes/no]:", "hidden": False}])
        self.keys.update(answers or {})
        for n, l in enumerate(lines, 1):
            if l.strip() == "quit" or (l.strip() == "exit" and at[-1:] != ["key-string"]):
                at = at[:-1]
            elif l.startswith("hostname "):
                self.hostname, at = l.split()[1], []
            elif "bogus" in l:
                said.append({"line": n, "severity": "error", "column": l.index("bogus"),
                             "text": 'unknown keyword "bogus"'})
            elif l.strip() == "set":
                said.append({"line": n, "severity": "error", "column": len(l),
                             "text": "Incomplete command."})
            elif "dangling" in l:
                said.append({"line": n, "severity": "warning", "text": "no such list"})
            for begin, _, _ in self.MODES:
                if l.startswith(begin):
                    at = (at if begin == "key-string" else []) + [l]
        mode, prompt = "global configuration", "(config)"
        for begin, name, shown in self.MODES:
            if at and at[-1].startswith(begin):
                mode, prompt = name, shown
        return self.ok({"context": at, "mode": mode, "prompt": prompt, "messages": said})


# --- a terminal ----------------------------------------------------------------

class Terminal:
    """xipsec at a pty of 80 x 24. What it prints is read up to a text that has to come."""

    def __init__(self, rundir, *words, rows=24):
        self.seen = self.before = ""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
            os.environ.update(TERM="vt100", HOME="/nonexistent", LC_ALL="C")
            # libedit keeps the names of added functions; of use in a build with ASan only.
            os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
            os.execv(XIPSEC, [XIPSEC, "-R", rundir, *words])

    def type(self, text):
        os.write(self.fd, text.encode())

    def until(self, text):
        """What came before `text`, without carriage returns and the terminal's own codes."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError("%r did not come: %r" % (text, self.seen))
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                raise AssertionError("ended before %r: %r" % (text, self.seen))
            self.seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\a\0]", "", data.decode())
        self.before, self.seen = self.seen.split(text, 1)
        return self.before

    def ends(self):
        """The exit status, when it has ended by itself."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    if os.read(self.fd, 65536):
                        continue
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("does not end")

    def line(self, text, prompt):
        """Types a line; what is printed for it, up to the next prompt."""
        self.type(text + "\r")
        self.until(text)
        self.until("\n")
        return self.until(prompt)


# --- tests ---------------------------------------------------------------------

def has(text, *parts):
    for p in parts:
        assert p in text, "%r is not in %r" % (p, text)


def equal(is_, want):
    assert is_ == want, "%.300r is not %.300r" % (is_, want)


def privileged(t):
    t.until("Router>")
    t.type("en\r")
    t.until("Router#")


def configuring(t):
    privileged(t)
    has(t.line("conf t", "Router(config)#"),
        "Enter configuration commands, one per line.  End with CNTL/Z.")


def test_user_exec(d, t):
    """user EXEC knows harmless commands only"""
    t.until("Router>")
    has(t.line("show crypto ipsec sa", "Router>"), " " * (7 + 12) + "^\n",
        "% Invalid input detected at '^' marker.")
    has(t.line("sh ver", "Router>"), "Router uptime is 5 seconds")
    t.line("enable", "Router#")
    has(t.line("sh cry ips sa", "Router#"), "No SAs found")
    t.line("disable", "Router>")
    t.type("exit\r")
    equal(t.ends(), 0)


def test_access_denied(d, t):
    """a user who may not is told as IOS does"""
    d.denied = True
    t.until("Router>")
    has(t.line("enable", "Router>"), "% Access denied")


def test_marker(d, t):
    """errors stand below the word"""
    privileged(t)
    has(t.line("show cripto map", "Router#"), " " * (7 + 5) + "^\n% Invalid input detected")
    has(t.line("show crypto", "Router#"), "% Incomplete command.")
    has(t.line("show crypto i sa", "Router#"), '% Ambiguous command:  "show crypto i sa"')
    t.type("\r")
    equal(t.until("Router#"), "\n")


def test_question_mark(d, t):
    """? answers at once, and the line stays"""
    privileged(t)
    t.type("show crypto ip")
    t.until("show crypto ip")
    t.type("?")
    equal(t.until("Router#show crypto ip"), "?\n  ipsec               IPsec\n")
    t.type("s sa i?")
    has(t.until("Router#show crypto ips sa i"), "  identity  ", "  interface  ")
    t.type("d\r")
    has(t.until("Router#"), "No SAs found")
    equal(d.commands()[-1], "show crypto ipsec sa identity")
    # In the middle of a line: what the cursor stands behind is asked for.
    t.type("show version")
    t.until("show version")
    t.type("\x01" + "\x06" * 5 + "?")
    has(t.until("Router#show version"), "  running-config  ", "  version  ")
    t.type("\x03")
    t.until("Router#")
    t.type("show foo ?")
    has(t.until("Router#show foo "), " " * (7 + 5) + "^\n% Invalid input")


def test_tab(d, t):
    """Tab completes what is the only one"""
    privileged(t)
    t.type("sh\t cry\tips\tsa\t\r")
    t.until("Router#")
    equal(d.commands()[-1], "show crypto ipsec sa")
    t.type("show runn\t\r")
    has(t.until("Router#"), "running-config")
    equal(d.commands()[-1], "show running-config")
    t.type("show crypto i\tps\tsa | inc\tNo\r")
    has(t.until("Router#"), "No SAs found")


def test_configure(d, t):
    """configure terminal: modes, their prompts, and the ways out"""
    configuring(t)
    t.line("crypto map lab 10 ipsec-manual", "Router(config-crypto-map)#")
    t.line("set peer 192.0.2.1", "Router(config-crypto-map)#")
    equal(d.requests[-1]["configure"]["context"], ["crypto map lab 10 ipsec-manual"])
    t.line("interface eth0", "Router(config-if)#")
    t.line("exit", "Router(config)#")
    t.line("exit", "Router#")
    t.line("conf t", "Router(config)#")
    t.line("interface eth0", "Router(config-if)#")
    t.line("end", "Router#")
    t.line("conf t", "Router(config)#")
    # Ctrl-Z does what was typed, and leaves.
    t.type("interface Loopback77\x15interface eth1\x1a")
    t.until("Router#")
    equal(d.configured()[-1], "interface eth1")
    t.line("conf t", "Router(config)#")
    n = len(d.configured())
    t.type("interface eth2\x03")
    t.until("Router#")
    equal(len(d.configured()), n)


def test_configure_errors(d, t):
    """errors and warnings of the daemon stand below what was typed"""
    configuring(t)
    out = t.line("crypto bogus x", "Router(config)#")
    has(out, " " * (len("Router(config)#") + 7) + "^\n% Invalid input detected at '^' marker.\n",
        '% unknown keyword "bogus"')
    t.line("crypto map lab 10 ipsec-manual", "Router(config-crypto-map)#")
    has(t.line("set", "Router(config-crypto-map)#"), "% Incomplete command.")
    has(t.line("match address dangling", "Router(config-crypto-map)#"), "% no such list")
    t.line("hostname West", "West(config)#")


def test_configure_help(d, t):
    """? and Tab know the mode; do reaches EXEC"""
    configuring(t)
    t.line("crypto isakmp policy 10", "Router(config-isakmp)#")
    t.type("en?")
    has(t.until("Router(config-isakmp)#en"), "  encryption  ", "  end  ")
    t.type("c\t?")
    has(t.until("Router(config-isakmp)#encryption "), "  aes  ", "  3des  ")
    t.type("\x03")
    t.until("Router#")
    t.line("conf t", "Router(config)#")
    has(t.line("do show crypto ipsec sa", "Router(config)#"), "No SAs found")
    has(t.line("do show foo", "Router(config)#"), " " * (len("Router(config)#") + 8) + "^")
    t.type("do show ver?")
    has(t.until("Router(config)#do show ver"), "  version  ")
    t.type("\x15ex\r")
    t.until("Router#")


def test_raw_lines(d, t):
    """lines of a key are not commands"""
    configuring(t)
    t.line("key-string", "Router(config-pubkey)#")
    t.line("30819F exit", "Router(config-pubkey)#")
    t.line("exit", "Router(config-pubkey)#")
    t.line("quit", "Router(config)#")
    equal(d.configured()[-3:], ["30819F exit", "exit", "quit"])


def test_questions(d, t):
    """keys are asked for without echo (R-PSK6-2), and confirmed (R-PSK6-5)"""
    configuring(t)
    t.type("key config-key password-encrypt\r")
    t.until("New key: ")
    t.type("not to be seen\r")
    t.until("Confirm key: ")
    t.type("not to be seen\r")
    t.until("Router(config)#")
    assert "seen" not in t.before
    equal(d.keys, {"new-key": "not to be seen", "confirm-key": "not to be seen"})
    t.type("no key config-key password-encrypt\r")
    t.until("Continue ? [yes/no]: ")
    t.type("y\r")
    t.until("Router(config)#")
    equal(d.keys["delete"], "y")


def test_history(d, t):
    """history, without the lines that hold keys"""
    privileged(t)
    t.line("show version", "Router#")
    t.line("conf t", "Router(config)#")
    t.line("crypto isakmp key S3cret address 192.0.2.9", "Router(config)#")
    t.line("end", "Router#")
    out = t.line("show history", "Router#")
    has(out, "  en\n", "  show version\n", "  conf t\n")
    assert "S3cret" not in out, out
    t.type("\x10\x10\x10\x10\r")			# show history, end, conf t, show version
    has(t.until("Router#"), "uptime")


def test_pager(d, t):
    """--More--: a page, a line, enough"""
    privileged(t)
    t.line("terminal length 10", "Router#")
    t.type("show logging\r")
    t.until("show logging\n")
    equal(t.until(" --More-- ").count("\n"), 8)	# the first line takes two
    t.type(" ")
    equal(t.until(" --More-- ").count("\n"), 9)
    t.type("\r")
    equal(t.until(" --More-- ").count("\n"), 1)
    t.type("q")
    assert "line 39" not in t.until("Router#")
    t.line("terminal length 0", "Router#")
    has(t.line("show logging", "Router#"), "line 0\n", "line 39\n")
    # Without a word of the user, pages are as long as the terminal.
    t.line("terminal no length", "Router#")
    t.type("show logging\r")
    t.until("show logging\n")
    equal(t.until(" --More-- ").count("\n"), 22)
    t.type("\x03")
    t.until("Router#")


def test_filters(d, t):
    """| include, exclude, begin, section, count, json"""
    privileged(t)
    t.line("term len 0", "Router#")
    equal(t.line("show log | inc line 3[01]$", "Router#").count("line 3"), 2)
    has(t.line("show log | count line", "Router#"), "Number of lines which match regexp = 40")
    assert "line 1\n" not in t.line("show log | exclude line", "Router#")
    equal(t.line("show log | begin line 39", "Router#").count("line"), 1)
    equal(t.line("show log | section Console", "Router#").split("\n")[0][:14], "Syslog logging")
    has(t.line("show log | json", "Router#"), '"text": "line 7"')
    has(t.line("show log | include [", "Router#"), "% Invalid regular expression")
    t.type("show log | ?")
    has(t.until("Router#show log | "), "  begin  ", "  section  ")


def test_interrupt(d, t):
    """Ctrl-C drops the line, Ctrl-D leaves"""
    privileged(t)
    t.type("show version\x03")
    t.until("^C\nRouter#")
    t.type("\x03")
    t.until("^C\nRouter#")
    t.type("\x1a")
    t.until("^Z\nRouter#")
    t.type("\x04")
    equal(t.ends(), 0)


def test_no_daemon(d, t):
    """without a daemon: the reason, and a prompt all the same"""
    t = Terminal("/nonexistent")
    has(t.until("xipsec>"), "% no daemon answers at /nonexistent/control.sock")
    t.type("quit\r")
    equal(t.ends(), 0)


# --- without a terminal --------------------------------------------------------

def run(d, *words, stdin=""):
    p = subprocess.run([XIPSEC, "-R", d.rundir, *words], input=stdin, text=True,
                       capture_output=True, timeout=PATIENCE)
    return p.returncode, p.stdout, p.stderr


def test_one_shot(d, t):
    """one command"""
    equal(run(d, "sh", "cry", "ips", "sa")[:2], (0, "\nNo SAs found\n"))
    equal(run(d, "show crypto map"), (1, "", "% not available: not built yet\n"))
    status, out, err = run(d, "show", "cripto")
    equal((status, out), (1, ""))
    equal(err, "show cripto\n     ^\n% Invalid input detected at '^' marker.\n")
    equal(run(d, "")[0], 1)
    status, out, err = run(d, "reload", '"new config"')
    equal(d.commands()[-1], 'reload "%s/new config"' % os.getcwd())


def test_pipe(d, t):
    """standard input: commands, no prompts; the line of an error is named"""
    status, out, err = run(d, stdin="! a remark\nshow crypto ipsec sa\n\nshow foo\nexit\nshow bar\n")
    equal((status, out), (1, "\nNo SAs found\n"))
    equal(err, "line 4: show foo\n             ^\n% Invalid input detected at '^' marker.\n")


def test_pipe_configuration(d, t):
    """a configuration in a pipe: batches, lines of errors, what follows it"""
    text = ["configure terminal", "hostname East"]
    for i in range(1, 4501):
        text += ["crypto map m %d ipsec-manual" % i, " set peer 192.0.2.1", " exit"]
    text[10] = " set bogus"
    text += ["exit", "show version"]
    status, out, err = run(d, stdin="\n".join(text))
    equal(status, 1)
    equal(err, "line 11:  set bogus\n" + " " * 14 + "^\n"
          "% Invalid input detected at '^' marker.\n% unknown keyword \"bogus\"\n")
    has(out, "East uptime is")
    configured = [l for l in d.configured()]
    equal(configured, text[1:-2])
    batches = [r["configure"] for r in d.requests if "configure" in r and r["configure"]["lines"]]
    assert 3 < len(batches) < 12, len(batches)
    assert all(len(b["lines"]) <= 4000 for b in batches)
    # Batches end between commands of the global mode.
    assert all(not b["context"] or not b["lines"][0].startswith(" ") for b in batches)


def test_pipe_question(d, t):
    """nobody answers in a pipe: that line fails, others are done"""
    status, out, err = run(d, stdin="conf t\ninterface eth0\nkey config-key password-encrypt\n"
                                    "hostname North\nend\nshow version\n")
    equal(status, 1)
    has(err, "line 3: key config-key", "asked at a prompt only")
    has(out, "North uptime")


def test_pipe_end(d, t):
    """end in the middle, and lines behind the last newline"""
    status, out, err = run(d, "configure", "terminal", stdin="interface eth0\nend\nshow version")
    equal((status, err), (0, ""))
    has(out, "Router uptime")


def test_shell_completion(d, t):
    """bash completes from the table"""
    script = os.path.abspath("scripts/xipsec.bash-completion")
    ask = ('. %s; COMP_LINE="$1"; COMP_POINT=${#1}; COMP_WORDS=($1); '
           '[[ $1 == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); '
           '_xipsec; echo "${COMPREPLY[@]}"') % script
    env = dict(os.environ, PATH=os.path.dirname(XIPSEC) + ":" + os.environ["PATH"])
    for line, want in (("xipsec show cry", "crypto"), ("xipsec sh crypto i", "ikev2 ipsec isakmp"),
                       ("xipsec -R /x --json show v", "version"), ("xipsec --j", "--json"),
                       ("xipsec terminal ", "length no"), ("xipsec foo ", "")):
        out = subprocess.run(["bash", "--norc", "-c", ask, "bash", line], env=env, text=True,
                             capture_output=True, timeout=PATIENCE).stdout.strip()
        equal(out, want)


# --- with the daemon itself (cli_daemon.sh) --------------------------------------

class Real:
    """The daemon that runs already, and its startup configuration."""

    def __init__(self, rundir, config):
        self.rundir, self.config = rundir, config


def west_configuring(t):
    t.until("West>")
    t.type("en\r")
    t.until("West#")
    t.line("conf t", "West(config)#")


def real_modes(d, t):
    """every mode has its prompt, and leaves for the next (R-CFG-1)"""
    west_configuring(t)
    for line, prompt in (
            ("interface eth0", "config-if"), ("crypto isakmp policy 10", "config-isakmp"),
            ("crypto ipsec transform-set t esp-aes esp-sha256-hmac", "cfg-crypto-trans"),
            ("crypto map lab 10 ipsec-manual", "config-crypto-map"),
            ("crypto dynamic-map dyn 10", "config-crypto-map"),
            ("crypto ipsec client ezvpn e", "config-crypto-ezvpn"),
            ("crypto ikev2 proposal p", "config-ikev2-proposal"),
            ("crypto keyring k", "conf-keyring"), ("class-map match-all c", "config-cmap"),
            ("policy-map p", "config-pmap"), ("class c", "config-pmap-c"),
            ("ip access-list extended a", "config-ext-nacl"), ("ssp group 1", "config-ssp"),
            ("crypto key pubkey-chain rsa", "config-pubkey-chain"),
            ("addressed-key 192.0.2.8", "config-pubkey-key"), ("key-string", "config-pubkey")):
        t.line(line, "West(%s)#" % prompt)
    t.line("305C300D", "West(config-pubkey)#")
    t.line("quit", "West(config-pubkey-key)#")
    t.line("exit", "West(config-pubkey-chain)#")
    t.line("exit", "West(config)#")
    for line in ("no crypto map lab 10", "no interface eth0", "no crypto key pubkey-chain rsa",
                 "no crypto dynamic-map dyn 10", "no crypto ipsec client ezvpn e"):
        t.line(line, "West(config)#")


def real_session(d, t):
    """errors below the word, a new name, what is saved"""
    west_configuring(t)
    out = t.line("crypto isakmp polcy 10", "West(config)#")
    has(out, " " * (len("West(config)#") + 14) + "^\n% Invalid input detected at '^' marker.\n")
    has(t.line("crypto isakmp keepalive", "West(config)#"), "% Incomplete command.")
    has(t.line("crypto isakmp p 10", "West(config)#"), '% Ambiguous command:  "crypto isakmp p 10"')
    t.line("hostname North", "North(config)#")
    t.line("crypto isakmp policy 10", "North(config-isakmp)#")
    t.type("gr?")
    has(t.until("North(config-isakmp)#gr"), "  group  ")
    t.type("oup 20\x1a")
    t.until("North#")
    has(t.line("show running-config | section policy", "North#"),
        "crypto isakmp policy 10\n", " group 20\n")
    has(t.line("write memory", "North#"), "Building configuration...\n[OK]\n")
    has(open(d.config).read(), "hostname North\n", " group 20\n")
    t.line("conf t", "North(config)#")
    t.line("no crypto isakmp policy 10", "North(config)#")
    t.line("hostname West", "West(config)#")
    t.line("end", "West#")
    has(t.line("copy running-config startup-config", "West#"), "[OK]")


def real_reload(d, t):
    """a file with errors changes nothing; one without takes effect"""
    new = d.rundir + "/new"
    with open(new, "w") as f:
        f.write("hostname West\ncrypto isakmp policy 10\n group 99\n")
    status, out, err = run(d, "reload", new)
    equal(status, 1)
    has(out, new + ":3: error: ", "% Nothing was changed: ")
    assert "isakmp policy" not in run(d, "show", "run")[1]
    with open(new, "w") as f:
        f.write("hostname West\ncrypto isakmp policy 10\n group 20\n")
    equal(run(d, "reload", new)[0], 0)
    has(run(d, "show", "run")[1], "crypto isakmp policy 10\n group 20\n")
    equal(run(d, "copy", "start", "run")[0], 0)
    assert "isakmp policy" not in run(d, "show", "run")[1]
    os.unlink(new)


def real_master_key(d, t):
    """type 6: questions, and what became of the keys (R-PSK6-2, R-PSK6-3, R-PSK6-5)"""
    west_configuring(t)
    t.line("crypto isakmp key ThisIsAVeryLongSecret address 192.0.2.9", "West(config)#")
    t.line("password encryption aes", "West(config)#")
    t.type("key config-key password-encrypt\r")
    t.until("New key: ")
    t.type("testkey 123\r")
    t.until("Confirm key: ")
    t.type("testkey 123\r")
    t.until("West(config)#")
    out = t.line("do show run | include isakmp key", "West(config)#")
    has(out, "crypto isakmp key 6 ", " address 192.0.2.9")
    assert "LongSecret" not in out and "testkey" not in t.before
    t.type("no key config-key password-encrypt\r")
    t.until("[yes/no]: ")
    t.type("y\r")
    t.until("West(config)#")
    t.line("no password encryption aes", "West(config)#")
    t.line("no crypto isakmp key address 192.0.2.9", "West(config)#")
    t.type("\x1a")
    t.until("West#")


def real_pipe(d, t):
    """a configuration of 2,000 lines in a pipe, and away again"""
    lines = ["configure terminal"]
    for i in range(1, 501):
        lines += ["crypto map big %d ipsec-isakmp" % i, " set peer 192.0.2.2",
                  " set transform-set t%d" % (i % 7), " exit"]
    lines[8] = " set transform-st t"
    status, out, err = run(d, stdin="\n".join(lines + ["end", "show run | count ^crypto map big"]))
    equal(status, 1)
    has(err, "line 9:  set transform-st t\n", "(hint: transform-set)")
    has(out, "Number of lines which match regexp = 500\n")
    away = "\n".join("no crypto map big %d" % i for i in range(1, 501))
    equal(run(d, stdin="conf t\n" + away)[0], 0)
    has(run(d, "show run | count ^crypto map big")[1], " = 0\n")


def main():
    real = len(sys.argv) > 2
    tests = [(n, f) for n, f in globals().items() if n.startswith("real_" if real else "test_")]
    failed = 0
    print("1..%d" % len(tests))
    for i, (name, test) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory(prefix="xipsec-cli-") as rundir:
            if real:
                daemon = Real(*sys.argv[2:4])
            else:
                daemon = Daemon(rundir)
                daemon.rundir = rundir
            terminal = None
            try:
                if not any(w in name for w in ("pipe", "one_shot", "shell_completion", "reload")):
                    terminal = Terminal(daemon.rundir)
                test(daemon, terminal)
                print("ok %d - %s" % (i, test.__doc__), flush=True)
            except Exception as e:		# a test that breaks is one that fails
                failed += 1
                print("not ok %d - %s\n# %s: %s" % (i, test.__doc__, type(e).__name__,
                                                    str(e).replace("\n", "\n# ")), flush=True)
            if terminal:
                try:
                    os.kill(terminal.pid, signal.SIGKILL)
                    os.waitpid(terminal.pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass
    return 1 if failed else 0


sys.exit(main())
