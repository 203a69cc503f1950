# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# say.sh - how the demo speaks: narration, claims, verdict.  With style=tap
# every claim is a test and all else a comment.

style=plain bold='' red='' green='' off=''
claims=() act_now=0 act_title='' last_line=''

colours() {
	bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' off=$'\e[0m'
}

# emit < TEXT: never two empty lines in a row (the shell has lastpipe, so the end
# of a pipe knows what was written before)
emit() {
	local line prefix=''
	[[ $style != tap ]] || prefix='# '
	while IFS= read -r line; do
		[[ -n $line || -n $last_line ]] || continue
		last_line=$line
		printf '%s%s\n' "$prefix" "$line"
	done
}

# tell < TEXT: a paragraph
tell() {
	emit <<<''
	emit
	emit <<<''
}

# step TEXT: what is being done now, for who wonders about the silence
step() {
	emit <<<"  .. $*"
}

# act TITLE
act() {
	act_now=$((act_now + 1))
	act_title="Act $act_now. $*"
	emit <<-TITLE

	$bold$act_title$off

	TITLE
}

# screen PROMPT COMMAND < OUTPUT: what an operator would see
screen() {
	local line
	{
		echo
		echo "    $1# ${*:2}"
		while IFS= read -r line; do
			echo "${line:+    }$line"
		done
		echo
	} | emit
}

# judge HELD TEXT MEASURED WANTED
judge() {
	local held=$1 text=$2 got=$3 want=$4
	claims+=("$held|$text|$got|$want|$act_title")
	last_line=$text
	if [[ $style == tap ]]; then
		if ((held)); then
			ok "$text: $got"
		else
			not_ok "$text: $got, not $want"
		fi
	elif ((held)); then
		printf '  %sok%s      %s: %s\n' "$green" "$off" "$text" "$got"
	else
		printf '  %sFAILED%s  %s: %s, not %s\n' "$red" "$off" "$text" "$got" "$want"
	fi
}

# claim TEXT MEASURED WANTED
claim() {
	local held=0
	[[ $2 != "$3" ]] || held=1
	judge "$held" "$1" "$2" "$3"
}

# claim_range TEXT MEASURED LEAST MOST
claim_range() {
	local held=0
	[[ ! $2 =~ ^[0-9]+$ ]] || held=$(($2 >= $3 && $2 <= $4))
	judge "$held" "$1" "$2" "$3-$4"
}

# moved BEFORE AFTER: the difference, "none" where one is missing
moved() {
	if [[ $1 =~ ^[0-9]+$ && $2 =~ ^[0-9]+$ ]]; then
		echo $(($2 - $1))
	else
		echo none
	fi
}

# sum A B...: likewise
sum() {
	local n=0 term
	for term; do
		[[ $term =~ ^[0-9]+$ ]] || { echo none; return; }
		n=$((n + term))
	done
	echo "$n"
}

# verdict: the table; fails if a claim did
verdict() {
	local row held failed=0
	verdict_rows | emit
	for row in "${claims[@]}"; do
		held=${row%%|*}
		failed=$((failed + !held))
	done
	if ((failed)); then
		emit <<<"demo: $failed of ${#claims[@]} claims FAILED"
		return 1
	fi
	emit <<<"demo: all ${#claims[@]} claims held"
}

verdict_rows() {
	local row held text got want title last='' n=0
	printf '\n%-52s %10s %9s\n' Verdict measured wanted
	for row in "${claims[@]}"; do
		IFS='|' read -r held text got want title <<<"$row"
		[[ $title == "$last" ]] || printf '\n%s\n' "$title"
		last=$title
		n=$((n + 1))
		printf '  %2d  %-46s %10s %9s  ' "$n" "$text" "$got" "$want"
		if ((held)); then
			echo "${green}ok$off"
		else
			echo "${red}FAILED$off"
		fi
	done
	echo
}
