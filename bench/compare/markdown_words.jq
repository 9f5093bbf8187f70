# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Numbers in Markdown; a library of the other jq programs

# A number with this many decimals
def fixed($digits): if . == null then "–" else
  pow(10; $digits) as $p | (. * $p | round) as $n | (if $n < 0 then "-" else "" end) as $sign |
  ($n | if . < 0 then -. else . end) as $n | ($n / $p | floor | tostring) as $whole |
  if $digits == 0 then $sign + $whole else
    ($n % $p | tostring) as $rest |
    $sign + $whole + "." + ("0" * ($digits - ($rest | length)) // "") + $rest end end;
def percent($digits): if . == null then "–" else (. * 100 | fixed($digits)) + " %" end;
def times: if . == null then "–" else "\(fixed(2)) ×" end;
