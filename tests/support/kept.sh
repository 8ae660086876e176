#!/bin/sh
read -r opening
nonce=$(printf %s "$opening" | base64 -d | sed -n "s/.*nonce='\([0-9a-f]*\)'.*/\1/p" | head -n 1)
frame() { p=$(printf %s "$4" | base64 | tr -d '\n'); echo "@csdeck $nonce $1 $2 $3. ${#p} $p"; }
{ echo "$$" >> "$0.started"; } 2> /dev/null
frame 0 1 h "$$ 5.1 Unix"
while read -r verb id data; do
  [ "$verb" = run ] || continue
  text=$(printf %s "$data" | base64 -d)
  case "$text" in
  *AskAndDie*) frame "$id" 1 s PIN; sleep 0.5; exit 9;;
  *Slow*) frame "$id" 1 o started; read -r verb id data; frame "$id" 2 x "Stopped 0";;
  *Deaf*) frame "$id" 1 o started; exec sleep 600;;
  *Die*) printf 'half a line'; exit 9;;
  *Ask*) frame "$id" 1 s PIN; read -r verb id data; [ "$verb" = stop ] && { frame "$id" 2 x "Stopped 0"; continue; }
    frame "$id" 2 o "$verb"; frame "$id" 3 x "Completed 0";;
  *Tell*) frame "$id" 1 q Name; read -r verb id data; frame "$id" 2 o "$(printf %s "$data" | base64 -d)"; frame "$id" 3 x "Completed 0";;
  *Noise*) printf 'no end'; printf '\001\377'; frame "$id" 1 o text; echo oops >&2; sleep 0.2; frame "$id" 2 x "Completed 0";;
  *Huge*) payload=$(yes 'sgfe01.kestrel.lan is a front end of the pool and says so in one hundred characters and a few more.' | head -n 400 | base64 | tr -d '\n')
    awk -v nonce="$nonce" -v id="$id" -v p="$payload" 'BEGIN { for (i = 1; i <= 2500; i++) print "@csdeck", nonce, id, i, "o.", length(p), p }'
    frame "$id" 2501 x "Completed 0";;
  *Lie*) frame "$id" 5 o last; frame "$id" 6 x "Completed 0";;
  *) frame "$id" 1 o "$$"; frame "$id" 2 j '{"a":[1,null]}'; frame "$id" 3 x "Completed 0";;
  esac
done
