namespace Pulumi;

/// <summary>A failure that the user can correct: only its message is shown.</summary>
public class RunException : Exception
{
    public RunException(string message)
        : base(message)
    {
    }

    public RunException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public static RunException OutputsHaveIncorrectType(IEnumerable<string> outputAttributeNames)
        => new(
            $"Output(s) '{string.Join(", ", outputAttributeNames)}' have incorrect type. " +
            "[Output] attributed properties must be instances of Output<T>.");
}

/// <summary>A failure that belongs to a resource.</summary>
public class ResourceException(string message, Resource? resource, bool hideStack = false) : Exception(message)
{
    internal Resource? Resource { get; } = resource;

    internal bool HideStack { get; } = hideStack;
}
