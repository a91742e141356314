#!/usr/bin/env bash
# Puts the fonts that papers are set in into a folder: fonts.sh [DIR]
# DIR is by default $MINGJING_FONTS, else the user's cache folder (the same default as the program's).
#
# Fonts are never committed; they come from two packages and are checked against the SHA-256 list
# that is also compiled into the program, because other bytes of a font give other bytes of a paper:
#   Debian texlive-lang-chinese   Fandol FangSong, Kai, Song, Hei   GPL-3 with font exception
#   PyPI pylopdf-fonts-zh-cn      Noto Serif SC, Noto Sans SC       OFL-1.1, for the rare characters of names
# Running it again changes nothing. Nothing is installed system-wide and no root rights are needed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
list=${MINGJING_FONT_LIST:-"$here/../../engines/paper/fonts.sha256"}
cache=${XDG_CACHE_HOME:-"$HOME/.cache"}
dir=${1:-${MINGJING_FONTS:-"$cache/mingjing/fonts"}}
fandol_package=texlive-lang-chinese
fandol_folder=usr/share/texlive/texmf-dist/fonts/opentype/public/fandol
noto_package=pylopdf-fonts-zh-cn
noto_version=0.1.1

say() { printf '字体 fonts: %s\n' "$*"; }
fail() {
  printf '字体 fonts: 失败 failed: %s\n' "$1" >&2
  printf '  %s\n' "${@:2}" >&2
  exit 1
}

# Every file of the list that is absent from $dir or has other bytes, one a line.
missing() {
  while read -r sum name; do
    [ -n "$name" ] || continue
    [ -f "$dir/$name" ] && [ "$(sha256sum <"$dir/$name" | cut -d' ' -f1)" = "$sum" ] || echo "$name"
  done <"$list"
}

# Copies a file into place only if its bytes are the listed ones; the rename makes it all or nothing.
keep() {
  local from=$1 name want
  name=$(basename "$from")
  want=$(awk -v n="$name" '$2 == n { print $1 }' "$list")
  [ -n "$want" ] || return 0
  [ "$(sha256sum <"$from" | cut -d' ' -f1)" = "$want" ] ||
    fail "$name 的校验值与清单不符 has an unexpected SHA-256" \
      "软件包的版本可能变了；请核对后更新 engines/paper/fonts.sha256。" \
      "The package may have a new version: look at it, then renew engines/paper/fonts.sha256."
  cp "$from" "$dir/.$name.new" && mv "$dir/.$name.new" "$dir/$name"
}

get_fandol() {
  if [ -f "/$fandol_folder/FandolFang-Regular.otf" ]; then
    say "使用系统已装的 Fandol 字体 copying Fandol from the installed system package"
    for f in "/$fandol_folder"/*.otf; do keep "$f"; done
    return
  fi
  command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    fail "这里没有 apt-get 和 dpkg no apt-get and dpkg here" \
      "请从 Debian 软件包 $fandol_package 取出 Fandol*.otf 放进 $dir。" \
      "Take Fandol*.otf out of the Debian package $fandol_package and put them into $dir."
  say "下载 downloading $fandol_package (约 49 MB)…"
  (cd "$work" && apt-get -q download "$fandol_package" >apt.log 2>&1) ||
    { [ "$(id -u)" = 0 ] && say "更新软件包列表 apt-get update…" && apt-get -q update >"$work/apt.log" 2>&1 &&
      (cd "$work" && apt-get -q download "$fandol_package" >>apt.log 2>&1); } ||
    fail "下载 $fandol_package 不成功 download failed" "$(tail -n 3 "$work/apt.log")" \
      "请先运行 apt-get update 再试。Run apt-get update, then try again."
  dpkg -x "$work/$fandol_package"_*.deb "$work/deb"
  for f in "$work/deb/$fandol_folder"/*.otf; do keep "$f"; done
  cp "$work/deb/usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz" "$dir/Fandol-COPYING.gz" 2>/dev/null || true
}

get_noto() {
  command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1 ||
    fail "这里没有 python3 的 pip no pip for python3 here" "Debian: apt-get install python3-pip"
  say "下载 downloading $noto_package $noto_version (约 17 MB)…"
  python3 -m pip download -q --disable-pip-version-check --no-deps \
    -d "$work/pip" "$noto_package==$noto_version" >"$work/pip.log" 2>&1 ||
    fail "下载 $noto_package 不成功 download failed" "$(tail -n 3 "$work/pip.log")"
  # A wheel is a zip archive; Python opens it without the program unzip.
  python3 -m zipfile -e "$work"/pip/*.whl "$work/whl"
  for f in "$work"/whl/*/*.otf; do keep "$f"; done
  cp "$work"/whl/*.dist-info/licenses/LICENSE "$dir/Noto-LICENSE" 2>/dev/null || true
}

[ -f "$list" ] || fail "找不到校验清单 no SHA-256 list at $list"
if [ -z "$(missing)" ]; then
  say "已齐全 complete: $dir"
  exit 0
fi
mkdir -p "$dir"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case "$(missing)" in *Fandol*) get_fandol ;; esac
case "$(missing)" in *Noto*) get_noto ;; esac
left=$(missing)
[ -z "$left" ] || fail "仍缺少 still missing" $left
say "完成 done: $dir"
