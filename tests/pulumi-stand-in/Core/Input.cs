namespace Pulumi;

/// <summary>A plain value or an output, as an argument of a resource takes it.</summary>
public class Input<T> : IInput
{
    private protected Output<T> Value { get; set; }

    private protected Input(Output<T> value) => Value = value ?? throw new ArgumentNullException(nameof(value));

    public static implicit operator Input<T>(T value) => Output.Create(value);

    public static implicit operator Input<T>(Output<T> value) => new(value);

    public static implicit operator Output<T>(Input<T> input) => input.Value;

    IOutput IInput.ToOutput() => Value;
}
