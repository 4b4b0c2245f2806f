using System.Text.RegularExpressions;

namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>The words and marks of one line of a description, read from left to right.</summary>
internal sealed class LineReader
{
    private readonly string _path;
    private readonly int _line;
    private readonly string _text;
    private readonly MatchCollection _tokens;
    private int _next;

    public LineReader(string path, int line, string text)
    {
        (_path, _line) = (path, line);
        _text = Regex.Replace(text, @"(^|\s)#.*$", "").TrimEnd();
        _tokens = Regex.Matches(_text, @"[\w./:-]+|\S");
    }

    public bool IsAtEnd => _next == _tokens.Count;

    public bool IsIndented => _text.StartsWith(" ", StringComparison.Ordinal);

    public Place Place => new(_path, _line, IsAtEnd ? _text.Length : _tokens[_next].Index);

    public bool IsAtWord => !IsAtEnd && Regex.IsMatch(_tokens[_next].Value, @"^\w");

    private string Found => IsAtEnd ? "the end of the line" : $"'{_tokens[_next].Value}'";

    public bool Take(string token)
    {
        if (IsAtEnd || _tokens[_next].Value != token)
        {
            return false;
        }

        _next++;
        return true;
    }

    /// <exception cref="BadLineException">Something else stands there.</exception>
    public void Expect(string token, string remedy)
    {
        if (!Take(token))
        {
            throw Bad($"'{token}' is expected, and {Found} stands there", remedy);
        }
    }

    /// <exception cref="BadLineException">There is no word.</exception>
    public string Word(string what, string remedy)
    {
        if (!IsAtWord)
        {
            throw Bad($"{what} is expected, and {Found} stands there", remedy);
        }

        return _tokens[_next++].Value;
    }

    /// <exception cref="BadLineException">The line goes on.</exception>
    public void End(string remedy)
    {
        if (!IsAtEnd)
        {
            throw Bad($"the line should end, and {Found} stands there", remedy);
        }
    }

    public BadLineException Bad(string what, string remedy) => new(new(Place, what, remedy));
}

/// <summary>A line that cannot be read; it is reported and passed over.</summary>
internal sealed class BadLineException(Problem problem) : Exception(problem.What)
{
    public Problem Problem { get; } = problem;
}
