using System.Text;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>
/// A stream of the process that leads into a file or a pipe, which may be full or closed. Results that cannot be written are an error that the user
/// can correct; what is told about a run is left out, because there is nowhere to say so.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="isForResults">Whether results go there.</param>
internal sealed class ProcessOutput(TextWriter stream, bool isForResults) : TextWriter
{
    public override Encoding Encoding => stream.Encoding;

    public override void Write(char value) => Try(() => stream.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => stream.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => stream.Write(value));

    public override void WriteLine() => Try(stream.WriteLine);

    public override void WriteLine(string? value) => Try(() => stream.WriteLine(value));

    public override void Flush() => Try(stream.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (isForResults)
            {
                throw new UserException($"the results cannot be written: {failure.Message}", "standard output", "Let it lead to where there is space.");
            }
        }
    }
}
