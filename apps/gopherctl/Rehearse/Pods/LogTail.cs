namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>The last lines of a service's output: what is shown when it fails.</summary>
internal sealed class LogTail
{
    private const int Kept = 20;
    private readonly Queue<string> _lines = new(Kept);

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Keeps a line; null, by which a process tells the end of its output, is none.</summary>
    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }
}
