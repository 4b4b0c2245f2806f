using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Wire;

/// <summary>Writes heads as Envoy does: names in small letters, each value on a line of its own, a byte for each character.</summary>
internal static class HeadWriter
{
    // Envoy's own reason phrases (source/common/http/codes.cc); for some statuses RFC 9110 has others.
    private static readonly Dictionary<int, string> Reasons = new()
    {
        [100] = "Continue",
        [101] = "Switching Protocols",
        [200] = "OK",
        [201] = "Created",
        [202] = "Accepted",
        [203] = "Non-Authoritative Information",
        [204] = "No Content",
        [205] = "Reset Content",
        [206] = "Partial Content",
        [207] = "Multi-Status",
        [208] = "Already Reported",
        [226] = "IM Used",
        [300] = "Multiple Choices",
        [301] = "Moved Permanently",
        [302] = "Found",
        [303] = "See Other",
        [304] = "Not Modified",
        [305] = "Use Proxy",
        [307] = "Temporary Redirect",
        [308] = "Permanent Redirect",
        [400] = "Bad Request",
        [401] = "Unauthorized",
        [402] = "Payment Required",
        [403] = "Forbidden",
        [404] = "Not Found",
        [405] = "Method Not Allowed",
        [406] = "Not Acceptable",
        [407] = "Proxy Authentication Required",
        [408] = "Request Timeout",
        [409] = "Conflict",
        [410] = "Gone",
        [411] = "Length Required",
        [412] = "Precondition Failed",
        [413] = "Payload Too Large",
        [414] = "URI Too Long",
        [415] = "Unsupported Media Type",
        [416] = "Range Not Satisfiable",
        [417] = "Expectation Failed",
        [421] = "Misdirected Request",
        [422] = "Unprocessable Entity",
        [423] = "Locked",
        [424] = "Failed Dependency",
        [425] = "Too Early",
        [426] = "Upgrade Required",
        [428] = "Precondition Required",
        [429] = "Too Many Requests",
        [431] = "Request Header Fields Too Large",
        [500] = "Internal Server Error",
        [501] = "Not Implemented",
        [502] = "Bad Gateway",
        [503] = "Service Unavailable",
        [504] = "Gateway Timeout",
        [505] = "HTTP Version Not Supported",
        [506] = "Variant Also Negotiates",
        [507] = "Insufficient Storage",
        [508] = "Loop Detected",
        [510] = "Not Extended",
        [511] = "Network Authentication Required",
        [599] = "Last Unassigned Server Error Code",
    };

    public static string ReasonOf(int status) => Reasons.GetValueOrDefault(status, "Unknown");

    public static void WriteStatusLine(IBufferWriter<byte> output, int status) =>
        Write(output, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {ReasonOf(status)}\r\n"));

    public static void WriteRequestLine(IBufferWriter<byte> output, string method, string target) =>
        Write(output, $"{method} {target} HTTP/1.1\r\n");

    public static void WriteField(IBufferWriter<byte> output, string name, StringValues values)
    {
        foreach (var value in values)
        {
            Write(output, name.ToLowerInvariant());
            Write(output, ": ");
            Write(output, value ?? "");
            Write(output, "\r\n");
        }
    }

    public static void Write(IBufferWriter<byte> output, string text)
    {
        var count = Encoding.Latin1.GetBytes(text, output.GetSpan(text.Length));
        output.Advance(count);
    }
}
