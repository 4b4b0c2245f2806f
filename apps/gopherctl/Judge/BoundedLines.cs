using System.Runtime.CompilerServices;
using System.Text;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Judge;

/// <summary>The lines of a text that may have no end, each of a bounded length.</summary>
internal static class BoundedLines
{
    /// <summary>The longest line, in characters: counts of thousands of pods.</summary>
    private const int Longest = 1 << 20;

    private const char ByteOrderMark = '\ufeff';

    /// <summary>Reads line by line; lines without anything but white space are left out, and so is a byte order mark, with which some programs begin.</summary>
    /// <exception cref="UserException">A line is too long, or there is nothing to read from.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(TextReader reader, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new char[16 * 1024];
        var line = new StringBuilder();
        var isBegun = false;
        // A read of a pipe cannot be cancelled: it is left behind when the program ends.
        while (await Task.Run(() => Read(reader, buffer), CancellationToken.None).WaitAsync(cancellation) is > 0 and var read)
        {
            var mark = !isBegun && buffer[0] == ByteOrderMark ? 1 : 0;
            isBegun = true;
            for (var rest = buffer.AsMemory(mark, read - mark); rest.Length > 0;)
            {
                var end = rest.Span.IndexOf('\n');
                line.Append(end < 0 ? rest : rest[..end]);
                if (line.Length > Longest)
                {
                    throw new UserException($"a line of standard input has more than {Longest} characters", "standard input", "Write one JSON object a line; ./gopherctl judge --help shows one.");
                }

                if (end < 0)
                {
                    break;
                }

                if (line.ToString() is var whole && !string.IsNullOrWhiteSpace(whole))
                {
                    yield return whole;
                }

                line.Clear();
                rest = rest[(end + 1)..];
            }
        }

        if (line.ToString() is var last && !string.IsNullOrWhiteSpace(last))
        {
            yield return last;
        }
    }

    private static int Read(TextReader reader, char[] buffer)
    {
        try
        {
            return reader.Read(buffer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"standard input cannot be read: {failure.Message}", "standard input", "Write the counts into it: ./gopherctl judge < counts.jsonl");
        }
    }
}
