using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace OpenClaw.Worker.Masking;

/// <summary>The forms in which a program may print a secret that it was given. Pure.</summary>
internal static class SecretEncodings
{
    private const string Unreserved = "-_.~";

    /// <summary>As it is, and in base64, percent-encoded, in JSON and quoted for a shell, each in all ways that are in use.</summary>
    public static IReadOnlyList<byte[]> ListForms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var texts = ListUrlForms(bytes).Concat(ListJsonForms(secret)).Concat(ListShellForms(secret)).Concat(ListBase64Forms(bytes))
            .Select(Encoding.UTF8.GetBytes);
        return [.. texts.Prepend(bytes).DistinctBy(Convert.ToHexString)];
    }

    /// <summary>
    /// What stands in a longer base64 text wherever the secret begins in it: the characters that the secret alone decides. And how they
    /// end when the text ends with it.
    /// </summary>
    private static IEnumerable<string> ListBase64Forms(byte[] secret)
    {
        for (var shift = 0; shift < 3; shift++)
        {
            var text = Convert.ToBase64String([.. new byte[shift], .. secret]);
            var (first, end) = (((shift * 8) + 5) / 6, (shift + secret.Length) * 8 / 6);
            foreach (var form in new[] { text[first..end], text[first..].TrimEnd('='), text[first..] })
            {
                yield return form;
                yield return form.Replace('+', '-').Replace('/', '_');
            }
        }
    }

    /// <summary>RFC 3986, JavaScript's two functions, Python's, a form's, and every byte.</summary>
    private static IEnumerable<string> ListUrlForms(byte[] secret)
    {
        foreach (var digits in new[] { "X2", "x2" })
        {
            foreach (var kept in new[] { Unreserved, "-_.!~*'()", "-_.!~*'();,/?:@&=+$#", Unreserved + "/" })
                yield return EncodePercent(secret, kept, digits);
            foreach (var kept in new[] { Unreserved, "*-._", "-_.!*()" })
                yield return EncodePercent(secret, kept, digits).Replace("%20", "+", StringComparison.Ordinal);
            yield return string.Concat(secret.Select(value => "%" + value.ToString(digits, CultureInfo.InvariantCulture)));
        }
    }

    private static string EncodePercent(byte[] bytes, string kept, string digits) => string.Concat(bytes.Select(value =>
        char.IsAsciiLetterOrDigit((char)value) || kept.Contains((char)value)
            ? ((char)value).ToString() : "%" + value.ToString(digits, CultureInfo.InvariantCulture)));

    private static IEnumerable<string> ListJsonForms(string secret)
    {
        var plain = EncodeJson(secret, _ => false, "x4");
        yield return plain;
        yield return EncodeJson(plain, _ => false, "x4");
        yield return plain.Replace("/", "\\/", StringComparison.Ordinal);
        foreach (var digits in new[] { "x4", "X4" })
        {
            yield return EncodeJson(secret, letter => letter > '~', digits);
            yield return EncodeJson(secret, letter => letter > '~', digits).Replace("/", "\\/", StringComparison.Ordinal);
            yield return EncodeJson(secret, letter => "<>&".Contains(letter), digits);
        }
        yield return JavaScriptEncoder.Default.Encode(secret);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret);
    }

    private static string EncodeJson(string text, Func<char, bool> isEscaped, string digits) =>
        string.Concat(text.Select(letter => EncodeJson(letter, isEscaped, digits)));

    private static string EncodeJson(char letter, Func<char, bool> isEscaped, string digits) => letter switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ when letter < ' ' || isEscaped(letter) => "\\u" + ((int)letter).ToString(digits, CultureInfo.InvariantCulture),
        _ => letter.ToString(),
    };

    /// <summary>Between single quotes, double quotes, without quotes, in <c>$'...'</c>, and in PowerShell's single quotes.</summary>
    private static IEnumerable<string> ListShellForms(string secret)
    {
        yield return secret.Replace("'", "'\\''", StringComparison.Ordinal);
        yield return secret.Replace("'", "'\"'\"'", StringComparison.Ordinal);
        yield return secret.Replace("'", "''", StringComparison.Ordinal);
        yield return EscapeWith('\\', secret, "$`\"\\".Contains);
        yield return EscapeWith('\\', secret, "$`\"\\!".Contains);
        yield return EscapeWith('`', secret, "$`\"".Contains);
        foreach (var kept in new[] { "_@%+=:,./-", "_@%+=:./-", "_@%+=:./-~", "_@%+:./-" })
            yield return EscapeWith('\\', secret, letter => letter < 128 && !char.IsAsciiLetterOrDigit(letter) && !kept.Contains(letter));
        yield return string.Concat(secret.Select(letter => letter < 128 ? EscapeAnsi((byte)letter) : letter.ToString()));
        yield return string.Concat(Encoding.UTF8.GetBytes(secret).Select(EscapeAnsi));
    }

    private static string EscapeAnsi(byte value) => value switch
    {
        (byte)'\'' => "\\'",
        (byte)'\\' => "\\\\",
        (byte)'\a' => "\\a",
        (byte)'\b' => "\\b",
        27 => "\\E",
        (byte)'\f' => "\\f",
        (byte)'\n' => "\\n",
        (byte)'\r' => "\\r",
        (byte)'\t' => "\\t",
        (byte)'\v' => "\\v",
        < 32 or > 126 => "\\" + Convert.ToString(value, 8).PadLeft(3, '0'),
        _ => ((char)value).ToString(),
    };

    private static string EscapeWith(char sign, string text, Func<char, bool> needs) =>
        string.Concat(text.Select(letter => needs(letter) ? $"{sign}{letter}" : letter.ToString()));
}
